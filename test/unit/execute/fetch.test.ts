import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops } from '../../../src/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
let fetched = '';
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
  fetched = await mkdtemp(join(tmpdir(), 'fetched-'));
});
afterAll(async () => {
  await fleet.close();
  await rm(fetched, { recursive: true });
});

describe('a file that is fetched', () => {
  it('is fetched from each host each time, and no host counts as changed for it', async () => {
    for (const text of ['one', 'two']) {
      for (const host of ['hv01', 'hv02']) await fleet.on(host).sh(`echo ${text} of ${host} >/srv/state`);
      const { code, events } = await rehearse(fleet, onePlay([ops.fetch('/srv/state')]), { fetched });
      expect([code, ends(events).toSorted()]).toEqual([0, ['hv01 current', 'hv02 current']]);
      expect(eventsOf(events, 'file.finished').map(({ file, direction }) => `${direction} ${file}`)).toEqual([
        'from-host /srv/state',
        'from-host /srv/state',
      ]);
      for (const host of ['hv01', 'hv02'])
        expect(await readFile(join(fetched, host, 'srv', 'state'), 'utf8')).toBe(`${text} of ${host}\n`);
    }
  });

  it('is what the steps before it made of it, by the name that the playbook gives it', async () => {
    const play = onePlay([set('a'), ops.fetch('/var/lib/a', { as: 'kept/a' })]);
    const { events } = await rehearse(fleet, play, { fetched, limit: ['hv01'] });
    expect(ends(events)).toEqual(['hv01 changed']);
    expect(await readFile(join(fetched, 'hv01', 'kept', 'a'), 'utf8')).toBe('yes\n');
  });

  it('is nothing that a plan would change', async () => {
    const { code } = await rehearse(fleet, onePlay([ops.fetch('/srv/state')]), { mode: 'check' });
    expect(code).toBe(0);
  });

  it('is an error where there is none', async () => {
    const { code, events } = await rehearse(fleet, onePlay([ops.fetch('/srv/none')]), { fetched, limit: ['hv02'] });
    expect(code).toBe(1);
    expect(reasons(events)).toEqual(['step.failed hv02: fetched /srv/none: it reads "absent" in place of "file".']);
  });
});
