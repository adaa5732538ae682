/** The host has no session free on this connection, and none became free in a moment. */
export class NoSessionError extends Error {
  override readonly name = 'NoSessionError';
}
