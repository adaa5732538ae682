import type { Become } from './become.ts';
import type { Words } from './command.ts';

/** What becoming has come to, by all that was said so far. */
export type Standing =
  | { readonly is: 'waiting' }
  /** A password is wanted, for the nth time. */
  | { readonly is: 'asked'; readonly times: number }
  /** The command runs as the user; `rest` is what it has printed to stdout already. */
  | { readonly is: 'ready'; readonly rest: Buffer };

export interface Dialogue {
  stdout(chunk: Uint8Array): Standing;
  stderr(chunk: Uint8Array): Standing;
  /** The part of a chunk of stderr that the command itself has printed. */
  own(chunk: Uint8Array): Uint8Array;
  /** What was said for the eyes of people, without our own words. */
  said(): string;
}

/** Nobody says more than that before asking for a password. */
const longest = 65_536;

/** su and doas cannot be told what to ask with; in the C locale, and as the last thing said, it is this. */
const anyPrompt = /pass(?:word|phrase|code)\b[^\n]*:[ \t]*$/i;

/**
 * Follows what a becoming program says. Its question counts only when it holds the private token (sudo), or else when it
 * is the last thing said after the private word with which our own command began: what a login prints is never answered.
 */
export const dialogue = (become: Become, words: Words): Dialogue => {
  let out: Buffer = Buffer.alloc(0);
  let talk = '';
  let asked = 0;
  let answered = 0;
  /** The end of stderr while the mark in it is not found. */
  let err: Buffer | null = Buffer.alloc(0);
  const mark = Buffer.from(`\n${words.ready}\n`);

  const own = (chunk: Uint8Array): Uint8Array => {
    if (err === null) return chunk;
    const all = Buffer.concat([err, chunk]);
    const at = all.indexOf(mark);
    err = at < 0 ? all.subarray(-longest) : null;
    return at < 0 ? Buffer.alloc(0) : all.subarray(at + mark.length);
  };

  const asking = (): Standing => {
    const begun = talk.indexOf(words.start);
    if (begun < 0) return { is: 'waiting' };
    const since = talk.slice(begun);
    const prompts = since.split(words.prompt).length - 1;
    if (become.method === 'sudo') asked = prompts;
    else if (anyPrompt.test(since.slice(answered))) {
      asked += 1;
      answered = since.length;
    }
    return asked === 0 ? { is: 'waiting' } : { is: 'asked', times: asked };
  };

  return {
    stdout(chunk) {
      out = Buffer.concat([out, chunk]);
      const at = out.indexOf(mark);
      if (at >= 0) return { is: 'ready', rest: out.subarray(at + mark.length) };
      out = out.subarray(-longest);
      talk = (talk + Buffer.from(chunk).toString('utf8')).slice(-longest);
      return asking();
    },
    own,
    stderr(chunk) {
      talk = (talk + Buffer.from(chunk).toString('utf8')).slice(-longest);
      return asking();
    },
    said: () =>
      talk
        .slice(Math.max(0, talk.indexOf(words.start)))
        .replaceAll(words.start, '')
        .replaceAll(words.prompt, '')
        .replaceAll('\r', '')
        .trim(),
  };
};
