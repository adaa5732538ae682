import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playbookOfResumed } from '../../../src/cli/resumed-playbook.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-resumed-'));
  for (const directory of ['ops/site-a', 'ops/playbooks', 'elsewhere']) {
    await mkdir(join(base, directory), { recursive: true });
  }
  await writeFile(join(base, 'ops/playbooks/upgrade.ts'), '');
  await writeFile(join(base, 'ops/site-a/own.ts'), '');
});
afterAll(() => rm(base, { recursive: true }));

it.each([
  ['from where it was run', 'ops', 'playbooks/upgrade.ts', 'playbooks/upgrade.ts'],
  [
    'from elsewhere, with the playbook above the inventory',
    'elsewhere',
    'playbooks/upgrade.ts',
    'BASE/ops/playbooks/upgrade.ts',
  ],
  ['from elsewhere, with the playbook beside the inventory', 'elsewhere', 'own.ts', 'BASE/ops/site-a/own.ts'],
  ['with an absolute path', 'elsewhere', 'BASE/ops/site-a/own.ts', 'BASE/ops/site-a/own.ts'],
  ['with a playbook that is nowhere, which is told under its own name', 'ops', 'gone.ts', 'gone.ts'],
])('a run is resumed %s', async (_, here, typed, found) => {
  const put = (text: string): string => text.replace('BASE', base);
  expect(await playbookOfResumed(put(typed), join(base, 'ops/site-a'), join(base, here))).toBe(put(found));
});
