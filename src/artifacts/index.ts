export { type ArtifactStore, openStore, type StoredArtifact } from './store.ts';
