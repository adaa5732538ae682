import { Chalk, type ChalkInstance } from 'chalk';
import type { HostOutcome } from '../model/outcome.ts';

/** What a piece of text means; a look gives each its colour. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'change' | 'bad' | 'warn';

/** The signs that are not letters. */
interface Glyphs {
  readonly change: string;
  readonly same: string;
  readonly check: string;
  readonly later: string;
  readonly error: string;
  readonly around: string;
  readonly arrow: string;
  readonly between: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly ellipsis: string;
}

const unicode: Glyphs = {
  change: '~',
  same: '=',
  check: '?',
  later: '…',
  error: '!',
  around: '⏸',
  arrow: '→',
  between: '│',
  barFull: '█',
  barEmpty: '░',
  ellipsis: '…',
};

const ascii: Glyphs = {
  ...unicode,
  later: '...',
  around: '||',
  arrow: '->',
  between: '|',
  barFull: '#',
  barEmpty: '.',
  ellipsis: '...',
};

export interface Look {
  readonly glyphs: Glyphs;
  readonly paint: (tone: Tone, text: string) => string;
}

export interface LookOptions {
  /** 0 no colour, 1 the 16 of every terminal, 2 256, 3 all. */
  readonly colour: 0 | 1 | 2 | 3;
  readonly glyphs: 'unicode' | 'ascii';
}

const paints = (chalk: ChalkInstance): Readonly<Record<Tone, (text: string) => string>> => ({
  plain: (text) => text,
  strong: chalk.bold,
  quiet: chalk.dim,
  good: chalk.green,
  change: chalk.yellow,
  bad: chalk.red,
  warn: chalk.magenta,
});

export const createLook = ({ colour, glyphs }: LookOptions): Look => {
  const tones = paints(new Chalk({ level: colour }));
  return {
    glyphs: glyphs === 'ascii' ? ascii : unicode,
    paint: (tone, text) => (text === '' ? '' : tones[tone](text)),
  };
};

export const toneOf = (outcome: HostOutcome): Tone => {
  switch (outcome) {
    case 'current':
      return 'good';
    case 'changed':
      return 'change';
    case 'not-started':
      return 'quiet';
    case 'undone':
    case 'in-doubt':
      return 'warn';
    case 'failed':
    case 'refused':
    case 'unreachable':
    case 'stuck':
      return 'bad';
  }
};

export const outcomeWord = (outcome: HostOutcome): string => outcome.replace('-', ' ');
