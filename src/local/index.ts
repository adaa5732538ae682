export { type Child, type ChildTiming, childSession } from './child-session.ts';
export { type LocalOptions, localShells } from './local-shells.ts';
