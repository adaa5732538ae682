export { type Carrier, carriedShell } from './carried-shell.ts';
export type { SshFlags } from './config/given.ts';
export { type SshSettings, sshSettings } from './config/resolve.ts';
export * as connectProblems from './connect-problems.ts';
export { governor } from './governor.ts';
export { passwordRefused } from './key-problems.ts';
export type { AskPassphrase } from './keyring.ts';
export { channelRefused, linkLost } from './link-problems.ts';
export { lockedKeys } from './locked-keys.ts';
export { needsOpenssh } from './needs-openssh.ts';
export { NoSessionError } from './no-session-error.ts';
export type { SshOptions } from './options.ts';
export { passwordOf } from './password.ts';
export { pause } from './pause.ts';
export {
  byDistance,
  type HostKeyScanner,
  hostKeyScanner,
  type KeyStanding,
  type Scan,
  type ScannedKey,
} from './scan.ts';
export { sshShells } from './transport.ts';
