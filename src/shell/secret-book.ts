import { HIDDEN, openSecret, type Secret } from '../model/secret.ts';

/** Takes text as it comes in pieces, and gives it on without secrets. */
export interface Hiding {
  /** What of it is certain not to be the beginning of a secret. */
  take(text: string): string;
  /** The rest, once no more comes. */
  rest(): string;
}

/** All secrets that were opened, so that what hosts print of them can be hidden before anybody is told. */
export interface SecretBook {
  /** The content, as text; from now on it is hidden. */
  open(secret: Secret): string;
  hide(text: string): string;
  hiding(): Hiding;
}

/** Shorter ones are found in half of all words: hiding them would say what they are. */
const shortest = 4;

/** A key or a certificate may be printed line by line. */
const partsOf = (content: string): readonly string[] =>
  [content, ...content.split('\n').map((line) => line.trim())].filter((part) => part.length >= shortest);

export const secretBook = (): SecretBook => {
  /** Longest first: one may hold another. */
  let known: readonly string[] = [];

  const hide = (text: string): string => known.reduce((said, secret) => said.replaceAll(secret, HIDDEN), text);

  /** How much at the end of a text may be the beginning of a secret. */
  const pending = (text: string): number =>
    known.reduce((most, secret) => {
      for (let size = Math.min(secret.length - 1, text.length); size > most; size -= 1)
        if (secret.startsWith(text.slice(text.length - size))) return size;
      return most;
    }, 0);

  return {
    open(secret) {
      const content = String(openSecret(secret));
      const fresh = partsOf(content).filter((part) => !known.includes(part));
      if (fresh.length > 0) known = [...known, ...fresh].toSorted((a, b) => b.length - a.length);
      return content;
    },
    hide,
    hiding() {
      let held = '';
      return {
        take(text) {
          const all = hide(held + text);
          const back = pending(all);
          held = all.slice(all.length - back);
          return all.slice(0, all.length - back);
        },
        rest() {
          const last = held;
          held = '';
          return last;
        },
      };
    },
  };
};
