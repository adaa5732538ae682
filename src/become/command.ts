import { quote, remoteScript } from '../shell/index.ts';
import type { Become } from './become.ts';

/** Words of this one session that nothing else on the host can know, so that nothing else can say them. */
export interface Words {
  /** Said before the program that asks for the password. */
  readonly start: string;
  /** What sudo asks with. */
  readonly prompt: string;
  /** Said as the user that was to be become, on both streams: what comes before it is none of the command's. */
  readonly ready: string;
}

export const wordsOf = (token: string): Words => ({
  start: `ovsfleet-${token}-start`,
  prompt: `ovsfleet-${token}-password:`,
  ready: `ovsfleet-${token}-ready`,
});

/** Whether the command has a terminal for its stdin, which carries no bytes and no end of file as they are. */
export type Way = 'pipes' | 'terminal';

/** Whether stdin is closed when all is written, or stays open for as long as somebody is there. */
export type Input = 'ends' | 'held';

const restoreLocale = 'if [ -n "$1" ]; then LC_ALL=$1; else unset LC_ALL; fi';

/** What stands for the end of stdin behind a terminal; no line of base64. */
export const endLine = '.';

/**
 * Behind a terminal stdin comes in lines of base64, since a terminal does not carry all bytes, and ends with a line of its
 * own. Not in lines of the terminal's own making (-icanon): those have a longest length, and without an echo OpenSSH
 * answers each with as many bytes of nothing (channels.c, "Simulate echo"), in packets larger than ssh2 takes.
 * Whoever decodes it reads on until then, so it is ended with the command.
 */
const decoding = (command: string, input: Input): string => {
  // A decoder gives out what it has in blocks of its own, at the latest at the end: what does not end goes line by line.
  const decode =
    input === 'ends'
      ? `sed -n '/^[${endLine}]$/q;p' | base64 -d`
      : `while IFS= read -r l && [ "$l" != ${endLine} ]; do printf %s "$l" | base64 -d; done`;
  return [
    'stty -echo -opost -icanon min 1 time 0 2>/dev/null',
    'd=$(mktemp -d) && mkfifo "$d/in" || exit 71',
    'exec 3<&0',
    `{ ${decode}; } <&3 >"$d/in" 2>/dev/null & r=$!`,
    'exec 3<&-',
    `(rm -rf "$d"; exec sh -c ${quote(command)}) <"$d/in"`,
    's=$?',
    'kill "$r" 2>/dev/null',
    'exit "$s"',
  ].join('; ');
};

const inner = (command: string, ready: string, way: Way, input: Input): string => {
  const say = `printf '\\n%s\\n' ${ready}`;
  switch (way) {
    case 'pipes':
      return `${restoreLocale}; ${say}; ${say} >&2; exec sh -c ${quote(command)}`;
    case 'terminal':
      return `${restoreLocale}; ${say}; ${decoding(command, input)}`;
  }
};

/** `-S`, `-n` and the like decide how the password is asked for, which is decided here. */
const sudoFlags = (flags: readonly string[]): readonly string[] =>
  flags
    .map((flag) => (/^-[A-Za-z]+$/.test(flag) ? `-${flag.slice(1).replaceAll(/[nSkA]/g, '')}` : flag))
    .filter((flag) => flag !== '-');

const program = (become: Become, script: string, words: Words, way: Way): readonly string[] => {
  const { exe, flags, user, password } = become;
  const shell = ['sh', '-c', script, 'ovsfleet'];
  switch (become.method) {
    case 'sudo': {
      const asks = [...(way === 'pipes' ? ['-S'] : []), '-p', words.prompt];
      return [...exe, ...sudoFlags(flags), ...(password === null ? ['-n'] : asks), '-u', user, ...shell];
    }
    case 'su':
      // -s: the user's own shell may be none.
      return [...exe, ...flags, '-s', '/bin/sh', '-c', script, user, 'ovsfleet'];
    case 'doas':
      return [...exe, ...flags, ...(password === null ? ['-n'] : []), '-u', user, ...shell];
  }
};

/**
 * The command line that becomes the user and runs the command as that one. In the C locale until then, so that what
 * these programs say can be understood. It holds no secret.
 */
export const becomeCommand = (become: Become, command: string, words: Words, way: Way, input: Input): string => {
  const line = program(become, inner(command, words.ready, way, input), words, way)
    .map(quote)
    .join(' ');
  return remoteScript(
    [
      ...(way === 'terminal' ? ['stty -echo -opost 2>/dev/null'] : []),
      `lc=\${LC_ALL-}`,
      'LC_ALL=C',
      'export LC_ALL',
      'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
      `printf '%s\\n' ${words.start} >&2`,
      `exec ${line} "$lc"`,
    ].join('; '),
    [],
  );
};
