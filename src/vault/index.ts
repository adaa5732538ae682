export { isVaulted } from './envelope.ts';
export { type Opened, openVaulted, type VaultPassword } from './open.ts';
