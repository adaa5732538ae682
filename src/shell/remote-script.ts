import { quote } from './quote.ts';

/** Safe between single quotes for every shell: csh knows no newline there and expands `!`, fish takes `\\` and `\'` apart. */
const anyShell = (text: string): string =>
  text.replace(/[\n'\\!%]/g, (char) => {
    if (char === '%') return '%%';
    return char === '\n' ? '\\n' : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });

/**
 * A script with arguments as one command line, which leaves stdin to the data. The script must hold no secret.
 * `sh -c` makes it independent of the login shell, be that csh, fish or the restricted shell (which has no `exec`).
 */
export const remoteScript = (script: string, args: readonly string[]): string =>
  `sh -c 'eval "$(printf "$1")"' ovsfleet '${anyShell(`set -- ${args.map(quote).join(' ')}\n${script}`)}'`;
