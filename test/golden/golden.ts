import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Golden texts lie in test/golden/files; `UPDATE_GOLDEN=1 npx vitest run --project unit` writes them anew. */
export const expectGolden = (name: string, text: string): void => {
  const file = join(import.meta.dirname, 'files', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `${name} is not what it was; if it should be so: UPDATE_GOLDEN=1`).toBe(readFileSync(file, 'utf8'));
};
