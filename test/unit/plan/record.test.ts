import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../src/plan/index.ts';

describe('what separates two readings', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['nothing, when they are equal', 'active', 'active', []],
    ['one line from another', 'none', '3.5.0-a1', [': none → 3.5.0-a1']],
    ['only the keys that differ, of two records', 'a=1\nb=2', 'a=1\nb=3', ['b: 2 → 3']],
    ['a key that is new', 'a=1', 'a=1\nb=3', ['b:  → 3']],
    ['a key that is gone', 'a=1\nb=2', 'a=1', ['b: 2 → ']],
    ['no key, when they are only in another order', 'a=1\nb=2', 'b=2\na=1', []],
    ['the whole, when one of them is no record', 'not running', 'a=1', [': not running → a=1']],
    ['a value that holds an equals sign', 'o=x=1', 'o=x=2', ['o: x=1 → x=2']],
    ['nothing read from a line', '', 'on', [':  → on']],
  ])('is %s', (_, before, after, changes) => {
    expect(changesBetween(before, after).map((change) => `${change.key}: ${change.before} → ${change.after}`)).toEqual(
      changes,
    );
  });

  it('is nothing between a text and itself', () => {
    fc.assert(fc.property(fc.string(), (text) => changesBetween(text, text).length === 0));
  });
});
