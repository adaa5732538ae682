import { quote } from '../shell/index.ts';

/** What an operator wants to have run on hosts. */
export type Asked =
  | { readonly is: 'command'; readonly text: string }
  /** A file of the controller, run by the interpreter that its first line names. */
  | { readonly is: 'script'; readonly bytes: Uint8Array; readonly args: readonly string[] };

/** `#!/usr/bin/env python3` and `#!/bin/bash -e`: the interpreter and, as Linux takes it (execve(2)), one argument. */
const interpreterOf = (bytes: Uint8Array): readonly string[] => {
  const [first = ''] = Buffer.from(bytes.subarray(0, 256)).toString('utf8').split('\n');
  const [, program, argument] = /^#!\s*(\S+)(?:\s+(.*\S))?\s*$/.exec(first) ?? [];
  if (program === undefined) return ['sh'];
  return argument === undefined ? [program] : [program, argument];
};

/** A file on the host with these bytes, its path in a variable. It goes away with the shell, and is read by nobody else. */
const asFile = (variable: string, bytes: Uint8Array): string =>
  [
    `${variable}=$(mktemp "\${TMPDIR:-/tmp}/ovsfleet.XXXXXX") || exit`,
    `base64 -d >"$${variable}" <<'ovsfleet' || exit`,
    // So many letters a line as base64(1) writes; a letter of base64 is never the first of "ovsfleet" alone on its line.
    `${Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\n')}`,
    'ovsfleet',
  ].join('\n');

const tidy = (variables: readonly string[]): string =>
  `trap 'rm -f ${variables.map((name) => `"$${name}"`).join(' ')}' EXIT\ntrap 'exit 129' HUP\ntrap 'exit 130' INT\ntrap 'exit 143' TERM`;

/**
 * The program for the host's shell. In braces: a program that is cut off on its way runs nothing.
 * @param stdin what the command reads on its stdin; nothing when `null`
 */
export const remoteProgram = (asked: Asked, stdin: Uint8Array | null): string => {
  const files = [...(asked.is === 'script' ? ['script'] : []), ...(stdin === null ? [] : ['input'])];
  const command =
    asked.is === 'command'
      ? `{ :\n${asked.text}\n}`
      : [...interpreterOf(asked.bytes).map(quote), '"$script"', ...asked.args.map(quote)].join(' ');
  return [
    '{',
    ...(files.length === 0 ? [] : [...files.map((name) => `${name}=`), tidy(files)]),
    ...(asked.is === 'script' ? [asFile('script', asked.bytes)] : []),
    ...(stdin === null ? [] : [asFile('input', stdin)]),
    `${command} <${stdin === null ? '/dev/null' : '"$input"'}`,
    '}',
    '',
  ].join('\n');
};
