import { describe, expect, it } from 'vitest';
import { type Answer, answersText } from '../../../src/cli/answers.ts';
import { lineTap } from '../../../src/cli/line-tap.ts';
import { createLook } from '../../../src/render/index.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const answers: ReadonlyMap<string, Answer> = new Map([
  ['hv03', { text: 'hv03: no route\n  → ping it', code: 4 }],
  ['hv01', { text: 'up 3 days\nload 0\n', code: 0 }],
  ['hv02', { text: 'up 3 days\nload 0', code: 0, facts: { exit: 0 } }],
  ['hv04', { text: '', code: 0 }],
]);

describe('answers of many hosts', () => {
  it('stand together when they are alike, the most frequent first, a host’s own name left out of it', () => {
    const more = new Map([
      ...answers,
      ['hv01', { text: 'up 3 days\nload 0', code: 0 }] as const,
      ['hv05', { text: 'hv05: no route\n  → ping it', code: 4 }] as const,
    ]);
    expect(answersText(more, 'folded', look)).toBe(
      'hv[03,05] (2)\nno route\n  → ping it\nhv[01-02] (2)\nup 3 days\nload 0\nhv04 (1)\n',
    );
  });

  it('are not alike when one ended badly', () => {
    const two = new Map<string, Answer>([
      ['a', { text: 'x', code: 0 }],
      ['b', { text: 'x', code: 1 }],
    ]);
    expect(answersText(two, 'folded', look)).toBe('a (1)\nx\nb (1)\nx\n');
  });

  it('stand each under its own name with --per-host', () => {
    expect(answersText(answers, 'per-host', look)).toBe(
      'hv03: no route\nhv03:   → ping it\nhv01: up 3 days\nhv01: load 0\nhv02: up 3 days\nhv02: load 0\nhv04:\n',
    );
  });

  it('are an object a line with --json', () => {
    expect(
      answersText(answers, 'json', look)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { host: 'hv03', code: 4, text: 'hv03: no route\n  → ping it' },
      { host: 'hv01', code: 0, text: 'up 3 days\nload 0\n' },
      { host: 'hv02', code: 0, exit: 0 },
      { host: 'hv04', code: 0, text: '' },
    ]);
  });
});

describe('what comes in pieces', () => {
  it('is told in whole lines, letters of several bytes whole, and a last line without its end too', () => {
    const lines: string[] = [];
    const tap = lineTap((line) => lines.push(line));
    const bytes = Buffer.from('eins\nzw\u00f6lf\n\nende');
    for (const byte of bytes) tap.take(Uint8Array.of(byte));
    tap.end();
    tap.end();
    expect(lines).toEqual(['eins', 'zwölf', '', 'ende']);
  });
});
