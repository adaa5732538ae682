import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { answersOf } from './support/answers.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { type Controller, controller, eventsOf, outcomes } from './support/product.ts';

const lightNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `ssh${String(index + 1).padStart(3, '0')}`);

const note = ['run', 'test/lab/playbooks/note.ts', '--no-type-check', '-e'];

describe('twenty light hosts', () => {
  const NAME = ownName('test-scale');
  const names = lightNames(20);
  let lab: Lab;
  let operator: Controller;
  beforeAll(async () => {
    lab = await bringUp(NAME, { ssh: 20 });
    operator = await controller(lab, 'operator');
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('answer a command, each for itself', async () => {
    const run = await operator.run(['exec', 'light', '--', 'hostname']);
    expect(run.code).toBe(0);
    const answers = answersOf(run);
    expect([...answers.keys()].toSorted()).toEqual(names);
    for (const name of names) expect(answers.get(name)).toMatchObject({ exit: 0, stdout: `${name}\n` });
  });

  test('tell their facts, and that they have no Open vSwitch', async () => {
    const run = await operator.run(['facts', 'all']);
    expect(run.code).toBe(0);
    const answers = answersOf(run);
    expect(answers.size).toBe(20);
    for (const answer of answers.values())
      expect(answer).toMatchObject({ facts: { distro: 'debian', distroVersion: '12', ovs: null } });
  });

  test('are changed once, and found as wanted the second time', async () => {
    const first = await operator.run([...note, 'note=once']);
    const second = await operator.run([...note, 'note=once']);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(outcomes(first.events)).toEqual(Object.fromEntries(names.map((name) => [name, 'changed'])));
    expect(outcomes(second.events)).toEqual(Object.fromEntries(names.map((name) => [name, 'current'])));
    expect(eventsOf(second.events, 'batch.sent')).toEqual([]);
    expect(await say(lab, 'ssh013', 'cat /root/note')).toBe('once');
  });

  test('are left alone where the host key has changed, and the others go on', async () => {
    const [victim, other] = ['ssh007', 'ssh008'];
    const known = (await readFile(lab.knownHostsFile, 'utf8')).split('\n');
    const keyOf = (host: string): string =>
      known
        .find((line) => line.startsWith(`${lab.host(host).address} `))
        ?.split(' ')
        .slice(1)
        .join(' ') ?? '';
    expect(keyOf(other)).not.toBe('');
    const wary = await controller(lab, 'wary', {
      vars: { [victim]: { ovsfleet_known_hosts: join(lab.directory, 'controllers', 'wary', 'known_hosts') } },
    });
    await writeFile(join(wary.directory, 'known_hosts'), `${lab.host(victim).address} ${keyOf(other)}\n`);
    const run = await wary.run([...note, 'note=again']);
    expect(run.code).toBe(4);
    const { [victim]: outcome, ...others } = outcomes(run.events);
    expect(outcome).toBe('unreachable');
    expect(new Set(Object.values(others))).toEqual(new Set(['changed']));
    const [problem] = eventsOf(run.events, 'host.finished').filter((event) => event.host === victim);
    expect(problem?.problem?.message).toMatch(/host key/);
    expect(problem?.problem?.remedy).toContain('ovsfleet keys trust ssh007 --replace');
    expect(await say(lab, victim, 'cat /root/note')).toBe('once');
  });
});

/** How many light hosts there are when `npm run proof:scale` asks for many: it takes minutes. */
const many = Number(process.env['OVSFLEET_SCALE'] ?? '0');
if (many > 0) {
  describe(`${many} light hosts`, () => {
    const NAME = ownName('test-scale-many');
    let lab: Lab;
    let operator: Controller;
    const told = (what: string, since: number): void => {
      process.stderr.write(`${what}: ${((Date.now() - since) / 1000).toFixed(1)} s\n`);
    };
    beforeAll(async () => {
      const since = Date.now();
      lab = await bringUp(NAME, { ssh: many });
      told('up', since);
      operator = await controller(lab, 'operator');
    });
    afterAll(async () => {
      await removeLab(NAME);
    });

    test('all answer a command', async () => {
      const since = Date.now();
      const run = await operator.run(['exec', 'light', '-f', '50', '--', 'hostname']);
      told(`exec on ${many}`, since);
      expect({ code: run.code, answers: answersOf(run).size }).toEqual({ code: 0, answers: many });
    });

    test('all tell their facts', async () => {
      const since = Date.now();
      const run = await operator.run(['facts', 'light', '-f', '50']);
      told(`facts of ${many}`, since);
      expect({ code: run.code, answers: answersOf(run).size }).toEqual({ code: 0, answers: many });
    });

    test('all are changed in one run', async () => {
      const since = Date.now();
      const run = await operator.run([...note, 'note=once']);
      told(`a step on ${many}`, since);
      expect(run.code).toBe(0);
      expect(Object.values(outcomes(run.events)).filter((outcome) => outcome === 'changed')).toHaveLength(many);
    });
  });
}
