import { quote } from './quote.ts';

/**
 * A script with arguments as one command line, which leaves stdin to the data. The script must hold no secret.
 * `sh -c` makes it independent of the login shell.
 */
export const remoteScript = (script: string, args: readonly string[]): string =>
  ['exec sh -c', quote(script), 'ovsfleet', ...args.map(quote)].join(' ');
