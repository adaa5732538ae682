/** A value that Python reads and no inventory should hold; the message names what it is. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
