import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readPlan, writePlan } from '../../../src/journal/index.ts';
import type { PlanDocument } from '../../../src/model/plan-document.ts';
import { everything } from '../../../src/model/selection.ts';

const directory = mkdtempSync(join(tmpdir(), 'plan-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'plan.json');

const script = 'cat /etc/hostname';
const digest = createHash('sha256').update(script).digest('hex');

const plan: PlanDocument = {
  ...{ format: 1, id: '20260113-010000-abcd', version: '0.1.0', machinery: digest, madeAt: 1, title: 'Upgrade' },
  ...{ playbook: '/site/p.ts', sources: [{ file: '/site/p.ts', sha256: digest }], inventory: ['/site/inv.yaml'] },
  ...{
    limit: null,
    selection: everything,
    params: { version: '3.5.0', waves: [1, '10%'] },
    store: '/site/store',
    plays: ['Swap'],
  },
  hosts: {
    hv01: {
      role: 'selected',
      inventory: { address: '10.0.0.1', port: 22, user: 'root', groups: ['hv'], vars: { rack: digest } },
      facts: null,
      leftOut: null,
      trees: [
        {
          play: 0,
          nodes: [
            {
              ...{ title: 'a', kind: 'step', depth: 0, script: digest, exact: digest, libraries: { ovs: digest } },
              reading: { was: { is: 'value', text: 'none' }, want: 'yes' },
            },
          ],
        },
      ],
    },
  },
  scripts: { [digest]: script },
};

beforeEach(() => writePlan(file, plan));

describe('a plan file', () => {
  it('gives back what was written, for its owner alone, and leaves nothing beside it', async () => {
    expect(await readPlan(file)).toEqual(plan);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['plan.json']);
  });

  it('of before a part of a playbook could be selected is for all of it', async () => {
    const { selection: _, ...older } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(older));
    expect((await readPlan(file)).selection).toEqual(everything);
  });

  it('that cannot be written is told with its path', async () => {
    await expect(writePlan(join(directory, 'none', 'plan.json'), plan)).rejects.toMatchObject({
      code: 'plan.unwritable',
      message: expect.stringContaining(`${directory}/none/plan.json: ENOENT`),
    });
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['cut off in the middle', (text) => text.slice(0, 200), /plan\.json:\d+:\d+ is not a plan that can be gone by/],
    ['with a letter too many', (text) => text.replace('"hosts"', 'x"hosts"'), /plan\.json:\d+:3 is not a plan/],
    ['that is something else', () => '{"a": 1}', /it does not say that it is one/],
    [
      'of a later format',
      (text) => text.replace('"format": 1', '"format": 2'),
      /it is of format 2, and .* reads format 1/,
    ],
    [
      'with a value of the wrong kind',
      (text) => text.replace('"port": 22', '"port": "22"'),
      /hosts\.hv01\.inventory\.port: Invalid input: expected number, received string/,
    ],
    ['that lacks a part', (text) => text.replace(/ {2}"plays": \[[^\]]*\],\n/, ''), /: plays: Invalid input/],
    ['with a word it does not know', (text) => text.replace('"title": "Upgrade"', '"title": "U", "more": 1'), /more/],
    [
      'whose script was edited',
      (text) => text.replace('cat /etc/hostname', 'rm -rf /etc'),
      /scripts\.[0-9a-f]{64}: the text is not the one that was planned/,
    ],
  ])('%s is refused with the place', async (_, damage, says) => {
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    await expect(readPlan(file)).rejects.toMatchObject({ code: 'plan.damaged', message: expect.stringMatching(says) });
  });

  it('that is not there is told with what to type', async () => {
    await expect(readPlan(join(directory, 'none.json'))).rejects.toMatchObject({
      code: 'plan.unreadable',
      remedy: expect.stringContaining('--out FILE'),
    });
  });
});
