import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/index.ts';
import { tryRun } from '../../src/lab/command.ts';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { controller, eventsOf, outcomes } from './support/product.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const NAME = ownName('test-controller');
const hosts = ['ssh001', 'ssh002', 'ssh003', 'ssh004', 'ssh005', 'ssh006'];

describe('a controller in the middle of a run', () => {
  let lab: Lab;
  let disk = '';
  beforeAll(async () => {
    lab = await bringUp(NAME, { ssh: hosts.length });
    disk = join(lab.directory, 'controllers', 'operator');
    await mkdir(disk, { recursive: true });
    await tryRun(['mount', '-t', 'tmpfs', '-o', 'size=512k', 'none', disk], { limitMs: 10_000 });
  });
  afterAll(async () => {
    await tryRun(['umount', '-l', disk], { limitMs: 10_000 });
    await removeLab(NAME);
  });

  test('whose disk fills up says so once, finishes what is in flight, starts nothing new, and can be resumed when there is room', async () => {
    const operator = await controller(lab, 'operator');
    const filler = join(disk, 'filler');
    await writeFile(filler, 'x'.repeat(360 * 1024));
    const { code, events, stderr } = await operator.run(['run', 'test/lab/playbooks/talk.ts', '--no-type-check']);
    expect(code, stderr).toBe(3);
    expect(stderr).toBe('');

    const told = eventsOf(events, 'warning').map(({ problem }) => problem);
    expect(told).toMatchObject([
      {
        code: 'journal.unwritable',
        message: expect.stringMatching(/journal\.jsonl cannot be written: ENOSPC: no space left on device/),
        remedy: 'make room on its disk, then: ovsfleet resume latest',
      },
    ]);
    const since = events.findIndex(({ type }) => type === 'warning');
    expect(events.slice(since).filter(({ type }) => type === 'host.started' || type === 'batch.sent')).toEqual([]);
    const ended = Object.values(outcomes(events));
    expect(ended).toHaveLength(hosts.length);
    expect(ended).toContain('not-started');
    expect(ended.filter((outcome) => !['changed', 'in-doubt', 'not-started'].includes(outcome))).toEqual([]);
    expect(eventsOf(events, 'run.finished')).toMatchObject([{ exitCode: 3, resumable: true }]);

    await rm(filler);
    const resumed = await operator.run(['resume']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(Object.keys(outcomes(resumed.events)).toSorted()).toEqual(hosts);
    for (const host of hosts) expect(await say(lab, host, 'cat /root/said'), host).toBe('first\nsecond');
  });

  test('to whom nobody listens any more goes on to the end, and records it', async () => {
    const operator = await controller(lab, 'unheard');
    const args = [
      'run',
      'test/lab/playbooks/note.ts',
      '--no-type-check',
      '-i',
      operator.inventory,
      '-e',
      'note=unheard',
      '-vv',
    ];
    const child = lab.spawn([process.execPath, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    child.stdout?.once('data', () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    expect(await ended).toEqual([0, null]);
    for (const host of hosts) expect(await say(lab, host, 'cat /root/note'), host).toBe('unheard');
    const [run = ''] = await readdir(join(operator.directory, '.ovsfleet', 'runs'));
    const { events } = await readJournal(join(operator.directory, '.ovsfleet', 'runs', run));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', exitCode: 0 });
  });
});
