export type { SshOptions } from './options.ts';
export { sshShells } from './transport.ts';
