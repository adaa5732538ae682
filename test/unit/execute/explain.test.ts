import { describe, expect, it } from 'vitest';
import { explainer } from '../../../src/execute/explain.ts';

const known = [
  { pattern: /kernel .* is not supported/, means: 'the kernel is too new', remedy: 'use its own module' },
  { pattern: /^error:/, means: 'the compiler gave up', remedy: 'read the log' },
];

describe('what a failed step printed', () => {
  const told = (...parts: readonly string[]) => {
    const explain = explainer(known);
    for (const part of parts) explain.take(part);
    return explain.found();
  };

  it.each([
    ['on one line', ['x\nerror: no\ny\n']],
    ['in parts', ['x\nerr', 'or: no\nmore\n']],
    ['without an end', ['error: no']],
    ['long before the end', ['error: no\n', `${'output\n'.repeat(10_000)}`]],
  ])('is explained %s', (_, parts) => {
    expect(told(...parts)).toEqual({ sentence: 'the compiler gave up ("error: no")', remedy: 'read the log' });
  });

  it('is explained by what explains it best, though that came later', () => {
    expect(told('error: stop\nkernel 5.14 is not supported\n')?.sentence).toBe(
      'the kernel is too new ("kernel 5.14 is not supported")',
    );
  });

  it('stays as it is where nobody knows it', () => {
    expect(told('something else\n')).toBeNull();
  });
});
