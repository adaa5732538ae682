import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const JUDGE = join(import.meta.dirname, '../../fixtures/inventory/judge.py');

/** What Ansible makes of one inventory. */
export const Verdict = z.object({
  /** What it could not parse; it goes on without, and exits 0. */
  broken: z.array(z.string()),
  /** What `ansible-inventory --list` prints. */
  list: z.string().nullable(),
  graph: z.string().nullable(),
  yaml: z.unknown(),
  /** Every variable of every host with its templates evaluated. */
  values: z.record(
    z.string(),
    z.record(z.string(), z.object({ value: z.unknown().optional(), error: z.string().optional() })),
  ),
  order: z.array(z.string()),
  groups: z.record(z.string(), z.array(z.string())),
  patterns: z.record(z.string(), z.array(z.string()).nullable()),
});
export type Verdict = z.infer<typeof Verdict>;

type Question = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Asks Ansible's own code, all questions in one process. */
export const askAnsible = (questions: readonly Question[]): readonly unknown[] => {
  const answered = spawnSync('/usr/bin/python3', [JUDGE], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      ANSIBLE_CONFIG: join(JUDGE, '../ansible.cfg'),
      LC_ALL: 'C.UTF-8',
    },
  });
  if (answered.status !== 0) throw new Error(`ansible-core did not answer: ${answered.stderr}${answered.error ?? ''}`);
  return z.array(z.unknown()).parse(JSON.parse(answered.stdout));
};
