import { HIDDEN, openSecret, type Secret } from '../model/secret.ts';
import { encodedForms } from './encoded-forms.ts';
import { foundTexts, headLength } from './found-texts.ts';

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

/** Shorter ones than `headLength` are found in half of all words: hiding them would say what they are. */
const isLongEnough = (part: string): boolean => part.length >= headLength;

/** Shorter ones are looked for as they are only: what they become encoded is a word that much else is. */
const leastEncoded = 8;

/** A key or a certificate may be printed line by line. */
const linesOf = (content: string): readonly string[] => [
  content,
  ...(content.includes('\n') ? content.split('\n').map((line) => line.trim()) : []),
];

const formsOf = (content: string): readonly string[] =>
  content.length < leastEncoded ? linesOf(content) : [...linesOf(content), ...encodedForms(content)];

export const secretBook = (): SecretBook => {
  const opened = new Set<string>();
  const known = foundTexts();

  const hide = (text: string): string => {
    let shown = '';
    let at = 0;
    for (const [from, to] of known.places(text)) {
      shown += `${text.slice(at, from)}${HIDDEN}`;
      at = to;
    }
    return `${shown}${text.slice(at)}`;
  };

  return {
    open(secret) {
      const content = String(openSecret(secret));
      if (!opened.has(content)) {
        opened.add(content);
        for (const form of formsOf(content).filter(isLongEnough)) known.add(form);
      }
      return content;
    },
    hide,
    hiding() {
      let held = '';
      return {
        take(text) {
          const all = hide(held + text);
          const back = known.pending(all);
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
