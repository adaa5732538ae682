import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rollback from '../../../playbooks/rollback.ts';
import { withEarlierRuns } from '../../../src/cli/earlier-run.ts';
import { newRunDirectory, openJournal } from '../../../src/journal/index.ts';
import type { Value } from '../../../src/model/host.ts';
import { undoes } from '../../golden/streams/index.ts';

let base = '';
const [started] = undoes;
const run = started?.run ?? '';
const swapped = [...new Set(undoes.flatMap((event) => (event.type === 'transaction.sent' ? [event.host] : [])))];
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-earlier-'));
  const journal = await openJournal(await newRunDirectory(base, run));
  for (const event of undoes) journal.accept(event);
  await journal.close();
});
afterAll(() => rm(base, { recursive: true }));

const resolved = async (value: Value) =>
  rollback.resolve(await withEarlierRuns({ run: { value, from: '-e' } }, rollback.params, base));
const hostsOf = async (value: Value) => (await resolved(value)).plays.map(({ hosts }) => hosts);

describe('a run that is to be taken back', () => {
  it('stands for the hosts that it began to swap', async () => {
    expect(swapped.length).toBeGreaterThan(1);
    for (const name of ['latest', run, run.slice(0, 8)])
      expect(await hostsOf(name), name).toEqual([{ kind: 'pattern', pattern: swapped.join(',') }]);
  });

  it('is not looked up again by a resume: the same hosts are gone on with', async () => {
    const { params } = await resolved('latest');
    expect(params['run']).toEqual({ runs: [run], hosts: swapped });
    expect(await hostsOf({ runs: ['another'], hosts: ['hv07'] })).toEqual([{ kind: 'pattern', pattern: 'hv07' }]);
  });

  it('stands for all hypervisors when it is left out', async () => {
    expect(await hostsOf(null)).toEqual([{ kind: 'pattern', pattern: 'hypervisors' }]);
  });

  it.each<[string, Value]>([
    ['a number', 7],
    ['a list', ['hv01']],
    ['a mapping of something else', { runs: 'all', hosts: [] }],
  ])('is refused as %s', async (_, value) => {
    await expect(resolved(value)).rejects.toMatchObject({ code: 'playbook.params' });
  });

  it('that is not there is told with the newest that is', async () => {
    await expect(resolved('zzzz')).rejects.toMatchObject({
      code: 'journal.no-such-run',
      remedy: `the newest run is ${run}`,
    });
  });
});
