import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sh, step, transaction, verify } from '../../../src/index.ts';
import { FleetError } from '../../../src/model/error.ts';
import type { Connection } from '../../../src/model/ports.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

/** Programs that change a host take its lock first. */
const changes = (program: string): boolean => /^fleet_lock /m.test(program) && /^fleet_step |^tx_/m.test(program);

describe('what leaves for a host', () => {
  let fleet: FakeFleet;
  let files = '';
  beforeAll(async () => {
    fleet = await fakeFleet({ hv01: {} });
    files = await mkdtemp(join(tmpdir(), 'ovsfleet-announced-'));
    await writeFile(join(files, 'note'), 'hello\n');
  });
  afterAll(async () => {
    await fleet.close();
    await rm(files, { recursive: true });
  });
  beforeEach(() => fleet.on('hv01').sh('rm -rf /var/lib/* /run/ovsfleet /etc/systemd/system/*'));

  const sent = step('the note is there', {
    sends: [{ from: { file: '' }, remote: '/var/lib/note' }],
    read: sh`cat /var/lib/note 2>/dev/null || echo none`,
    want: 'hello',
    make: sh`:`,
  });
  const everything = () =>
    onePlay([
      set('first'),
      { ...sent, sends: sent.sends.map((send) => ({ ...send, from: { file: join(files, 'note') } })) },
      transaction('swap', { confirm: '60s', deadline: '60s' }, set('swapped', { undo: sh`:` })),
      verify('it is there', { read: sh`cat /var/lib/swapped`, want: 'yes' }),
    ]);

  /** A fleet that notes what leaves for it, and a journal that notes when its disk has something. */
  const watched = (full: (announced: string) => boolean = () => false) => {
    const log: string[] = [];
    let announced = '';
    const noting = (real: Connection): Connection => ({
      ...real,
      run: (program, options) => {
        if (changes(program)) log.push('a program leaves');
        return real.run(program, options);
      },
      upload: (upload) => {
        log.push('a file leaves');
        return real.upload(upload);
      },
    });
    const sink = {
      name: 'journal',
      accept: ({ type }: { readonly type: string }) => {
        if (!['batch.sent', 'file.sent', 'transaction.sent'].includes(type)) return;
        announced = type;
        log.push(type);
      },
      durable: async () => {
        const type = announced;
        await new Promise((resolve) => setImmediate(resolve));
        if (full(type)) {
          throw new FleetError({ code: 'journal.unwritable', message: 'the disk is full', remedy: 'make room' });
        }
        log.push(`${type} is on disk`);
      },
    };
    const transport: FakeFleet['transport'] = {
      connect: async (host, signal) => noting(await fleet.transport.connect(host, signal)),
    };
    return { log, fleet: { ...fleet, transport }, sink };
  };

  it('is on the disk of the controller as announced before it leaves', async () => {
    const { log, fleet: over, sink } = watched();
    const { code } = await rehearse(over, everything(), { sink });
    expect(code).toBe(0);
    expect(log).toEqual([
      ...['batch.sent', 'batch.sent is on disk', 'a program leaves'],
      ...['file.sent', 'file.sent is on disk', 'a file leaves'],
      ...['batch.sent', 'batch.sent is on disk', 'a program leaves'],
      ...['transaction.sent', 'transaction.sent is on disk', 'a program leaves'],
      'batch.sent',
    ]);
  });

  it.each([
    ['batch.sent', '', []],
    ['file.sent', 'first', ['a program leaves']],
    ['transaction.sent', 'first', ['a program leaves', 'a file leaves', 'a program leaves']],
  ])(
    'does not leave when %s cannot be recorded; the host is in doubt, and stands between two steps',
    async (type, made, left) => {
      const { log, fleet: over, sink } = watched((announced) => announced === type);
      const { events } = await rehearse(over, everything(), { sink });
      expect(ends(events)).toEqual(['hv01 in-doubt']);
      expect(eventsOf(events, 'host.finished')[0]?.problem).toMatchObject({
        code: 'journal.unwritable',
        message: 'hv01: nothing more is done there, since it could not be recorded: the disk is full',
        remedy: 'make room',
      });
      expect(log.filter((entry) => entry.endsWith('leaves'))).toEqual(left);
      expect(await fleet.on('hv01').sh(madeOn)).toBe(made);
    },
  );

  it('is seen to its end where it was done already: checks change nothing, and need no record', async () => {
    const { fleet: over, sink } = watched((announced) => announced === 'batch.sent');
    const swap = transaction('swap', { confirm: '60s', deadline: '60s' }, set('swapped', { undo: sh`:` }));
    const check = verify('it is there', { read: sh`cat /var/lib/swapped`, want: 'yes' });
    const { code, events } = await rehearse(over, onePlay([swap, check]), { sink });
    expect(code).toBe(0);
    expect(ends(events)).toEqual(['hv01 changed']);
  });
});
