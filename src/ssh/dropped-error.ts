/** The host hung up before the SSH handshake, as a busy sshd does (sshd_config(5), MaxStartups): worth another try. */
export class DroppedError extends Error {
  override readonly name = 'DroppedError';

  constructor(cause: unknown) {
    super('the connection was dropped before the handshake', { cause });
  }
}
