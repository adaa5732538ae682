export type { SshOptions, SshTiming } from './options.ts';
export { sshTransport } from './transport.ts';
