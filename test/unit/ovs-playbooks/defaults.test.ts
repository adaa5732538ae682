import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Playbook } from '../../../src/playbook/index.ts';

const directory = new URL('../../../playbooks/', import.meta.url);
const names = readdirSync(directory).filter((name) => name.endsWith('.ts'));

// A run writes down what every parameter came to, and whoever goes on with it gives it all again.
describe('a run that is gone on with takes its parameters again as they were written down', () => {
  it.each(names)('%s', async (name) => {
    const { default: book }: { readonly default: Playbook } = await import(new URL(name, directory).href);
    const withDefaults = Object.entries(book.params).filter(([, { fallback }]) => fallback !== null);
    const again = withDefaults.map(([key, { fallback, parse }]) => [
      key,
      fallback?.value === null ? null : parse(JSON.parse(JSON.stringify(fallback?.value))),
    ]);
    expect(again).toEqual(withDefaults.map(([key, { fallback }]) => [key, fallback?.value]));
  });
});
