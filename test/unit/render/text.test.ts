import { describe, expect, it } from 'vitest';
import { columnsOf, cutTo, oneLine, printable, wrap } from '../../../src/render/text.ts';

const esc = '\u001b';

describe('what a host printed', () => {
  it.each([
    ['colours', `${esc}[31mred${esc}[0m`, 'red'],
    ['a title for the window', `${esc}]0;owned\u0007text`, 'text'],
    ['a title that never ends', `a${esc}]0;owned`, 'a'],
    ['going back over a line', 'good\rbad\b\b\b', 'goodbad'],
    ['clearing the screen', `${esc}[2J${esc}[Hx${esc}c`, 'x'],
    ['one-byte control sequences', 'a\u009b2Jb', 'a2Jb'],
    ['text that runs from right to left', 'a\u202egnp.exe', 'agnp.exe'],
    ['a tab', 'a\tb', 'a    b'],
  ])('cannot write on our terminal: %s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is one line when a line is all there is', () => {
    expect(oneLine('  first\n\n   second \n')).toBe('first second');
  });
});

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    [`${esc}[1mabc${esc}[22m`, 3],
  ])('%s takes %d columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 0, ''],
  ])('%s is cut to %d', (text, columns, cut) => {
    expect(cutTo(text, columns, '…')).toBe(cut);
  });

  it('breaks at spaces, and never breaks what is to be typed', () => {
    expect(wrap('run --limit hypervisors:!hv25 now', 12)).toEqual(['run --limit', 'hypervisors:!hv25', 'now']);
  });
});
