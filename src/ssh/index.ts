export { type SshConfigOptions, type SshSettings, sshSettings } from './config/resolve.ts';
export type { SshOptions } from './options.ts';
export { plainSettings } from './plain-settings.ts';
export { sshShells } from './transport.ts';
