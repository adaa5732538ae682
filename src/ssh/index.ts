export type { SshOptions } from './options.ts';
export { plainSettings } from './plain-settings.ts';
export { sshShells } from './transport.ts';
