export type { SshOptions } from './options.ts';
export { sshTransport } from './transport.ts';
