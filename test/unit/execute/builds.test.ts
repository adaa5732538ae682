import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildersFor, playbook, sh, step } from '../../../src/index.ts';
import type { Playbook, Preflight } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
let directory: string;
let store: string;
beforeAll(async () => {
  const hypervisor = { groups: ['hypervisors'] };
  const builder = { groups: ['builders'] };
  fleet = await fakeFleet({ hv01: hypervisor, hv02: hypervisor, hv03: hypervisor, b1: builder, b2: builder });
});
afterAll(() => fleet.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'builds-test-'));
  store = join(directory, 'store');
  await writeFile(join(directory, 'source.tar'), 'source\n');
});
afterEach(async () => {
  await rm(directory, { recursive: true });
  for (const { name } of fleet.hosts) fleet.on(name).accept();
  await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*')));
});

interface Needs {
  /** What each hypervisor needs; they need build a unless it says otherwise. */
  readonly [host: string]: string;
}

/** A build, by whichever builder, and then its staging on the hypervisors. */
const upgrade = (needs: Needs = {}, platform?: string, preflight: readonly Preflight[] = []): Playbook => {
  const idOf = (host: string): string => `build-${needs[host] ?? 'a'}`;
  return playbook({
    title: 'test',
    params: {},
    plays: [
      {
        title: 'build',
        hosts: buildersFor('hypervisors'),
        preflight: () => preflight,
        builds: ({ facts, host }) => ({
          id: idOf(host.name),
          platform: platform ?? `${facts.distro}-${facts.distroVersion}-${facts.arch}`,
          node: step(`${idOf(host.name)} is made`, {
            sends: [{ from: { file: join(directory, 'source.tar') }, remote: '/var/lib/source' }],
            brings: [{ remote: `/var/lib/${idOf(host.name)}`, artifact: idOf(host.name) }],
            read: sh`[ -e /var/lib/${{ text: idOf(host.name), libraries: [] }} ] && echo made || echo none`,
            want: 'made',
            make: sh`
              [ ! -e /var/lib/broken ] || exit 3
              cat /var/lib/source >/var/lib/${{ text: idOf(host.name), libraries: [] }}
              echo ${idOf(host.name)} >>/var/lib/made
            `,
          }),
        }),
      },
      {
        title: 'stage',
        hosts: 'hypervisors',
        steps: ({ host }) =>
          step('staged', {
            sends: [{ from: { artifact: idOf(host.name) }, remote: '/var/lib/staging/build' }],
            read: sh`cat /var/lib/staged 2>/dev/null || echo none`,
            want: 'source',
            make: sh`cat /var/lib/staging/build >/var/lib/staged`,
          }),
      },
    ],
  });
};

/** Refuses a builder whose disk is full, by what it printed of it. */
const spacious: readonly Preflight[] = [
  {
    title: 'room',
    refuses: sh`[ -e /var/lib/full ] && echo 0 || echo 100`,
    judge: (answer) => (Number(answer) < 10 ? ['the disk is full'] : []),
    remedy: 'make room',
  },
];

const madeBy = (...builders: readonly string[]) =>
  Promise.all(builders.map((name) => fleet.on(name).sh('cat /var/lib/made 2>/dev/null || :')));

describe('a play that builds', () => {
  it('makes what several hosts need once, brings it home, and sends it to each', async () => {
    const { code, events } = await rehearse(fleet, upgrade(), { store });
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(await madeBy('b1', 'b2')).toEqual(['build-a', '']);
    expect(ends(events).toSorted()).toEqual(['b1 changed', 'hv01 changed', 'hv02 changed', 'hv03 changed']);
    expect(await readFile(join(store, 'build-a.tar.gz'), 'utf8')).toBe('source\n');
    expect(
      eventsOf(events, 'file.finished').map(({ host, direction, sent }) => `${host} ${direction} ${sent}`),
    ).toEqual(
      expect.arrayContaining(['b1 to-host true', 'b1 from-host true', 'hv01 to-host true', 'hv03 to-host true']),
    );
  });

  it('spreads distinct builds over the builders', async () => {
    const { code } = await rehearse(fleet, upgrade({ hv02: 'b' }), { store });
    expect(code).toBe(0);
    expect(await madeBy('b1', 'b2')).toEqual(['build-a', 'build-b']);
  });

  it('asks no builder for what the store has', async () => {
    await rehearse(fleet, upgrade(), { store });
    const again = upgrade({ hv03: 'c' });
    await fleet.on('hv03').sh('rm /var/lib/staged');
    const { events } = await rehearse(fleet, again, { store });
    expect(eventsOf(events, 'play.started')[0]?.waves).toEqual([['b1']]);
    expect(await madeBy('b1', 'b2')).toEqual(['build-a\nbuild-c', '']);
  });

  it('fetches again what a builder has and the store has lost', async () => {
    await rehearse(fleet, upgrade(), { store });
    await rm(store, { recursive: true });
    await fleet.on('hv01').sh('rm /var/lib/staged');
    const { code } = await rehearse(fleet, upgrade(), { store });
    expect(code).toBe(0);
    expect(await madeBy('b1')).toEqual(['build-a']);
    expect((await readdir(store)).toSorted()).toEqual(['build-a.json', 'build-a.tar.gz']);
  });

  it('that fails is tried on the next builder, and nobody goes without', async () => {
    await fleet.on('b1').sh('touch /var/lib/broken');
    const { code, events } = await rehearse(fleet, upgrade({ hv02: 'b' }), { store });
    expect(ends(events)).toEqual(
      expect.arrayContaining(['b1 failed', 'b2 changed', 'hv01 changed', 'hv02 changed', 'hv03 changed']),
    );
    expect(code).toBe(0);
    expect(await madeBy('b1', 'b2')).toEqual(['', 'build-b\nbuild-a']);
  });

  it('that fails on every builder keeps the hosts back that need it, and says what they wait for', async () => {
    await Promise.all(['b1', 'b2'].map((name) => fleet.on(name).sh('touch /var/lib/broken')));
    const { code, events } = await rehearse(fleet, upgrade(), { store });
    expect(code).toBe(1);
    expect(ends(events).toSorted()).toEqual([
      'b1 failed',
      'b2 failed',
      'hv01 not-started',
      'hv02 not-started',
      'hv03 not-started',
    ]);
    expect(reasons(events)).toContainEqual(
      expect.stringMatching(/^build.missing hv01: it waits for build build-a \(.*\), which no builder has made\.$/),
    );
    expect(await fleet.on('hv01').sh('ls /var/lib')).toBe('');
  });

  it('is not asked of a builder that its preflight refuses, and the next one makes it', async () => {
    await fleet.on('b1').sh('touch /var/lib/full');
    const { code, events } = await rehearse(fleet, upgrade({}, undefined, spacious), { store });
    expect(code).toBe(0);
    expect(reasons(events)).toContain('preflight.refused b1: the disk is full');
    expect(await madeBy('b1', 'b2')).toEqual(['', 'build-a']);
  });

  it('is said at plan time to lack a builder when all refuse', async () => {
    await Promise.all(['b1', 'b2'].map((name) => fleet.on(name).sh('touch /var/lib/full')));
    const { events } = await rehearse(fleet, upgrade({}, undefined, spacious), { store, mode: 'check' });
    expect(eventsOf(events, 'warning').map(({ problem }) => problem.message)).toContainEqual(
      expect.stringMatching(/^hv01: it waits for build build-a/),
    );
  });

  it('that only a host itself may make is made there', async () => {
    const here: Playbook = playbook({
      title: 'each',
      params: {},
      plays: [
        {
          title: 'build',
          hosts: () => buildersFor('hypervisors', 'hypervisors'),
          builds: ({ facts, host }) => ({
            id: `own-${host.name}`,
            platform: `${facts.distro}-${facts.distroVersion}-${facts.arch} on ${host.name}`,
            node: step('made', {
              brings: [{ remote: '/var/lib/made', artifact: `own-${host.name}` }],
              read: sh`cat /var/lib/made 2>/dev/null || echo none`,
              want: host.name,
              make: sh`[ ! -e /var/lib/broken ] && echo ${host.name} >/var/lib/made`,
            }),
          }),
        },
      ],
    });
    await fleet.on('hv02').sh('touch /var/lib/broken');
    const { code, events } = await rehearse(fleet, here, { store });
    expect(ends(events).toSorted()).toEqual(['hv01 changed', 'hv02 failed', 'hv03 changed']);
    expect(code).toBe(1);
    expect(await madeBy('hv01', 'hv02', 'hv03')).toEqual(['hv01', '', 'hv03']);
  });

  it('for a platform that no builder has keeps its hosts back', async () => {
    const { code, events } = await rehearse(fleet, upgrade({}, 'centos-7-x86_64'), { store });
    expect(code).toBe(1);
    expect(new Set(ends(events))).toEqual(new Set(['hv01 not-started', 'hv02 not-started', 'hv03 not-started']));
    expect(reasons(events)[0]).toContain('(centos-7-x86_64)');
  });

  it('goes on without a builder that does not answer, and warns of it', async () => {
    fleet.on('b1').refuse('unreachable');
    const { code, events } = await rehearse(fleet, upgrade(), { store });
    expect(code).toBe(0);
    expect(eventsOf(events, 'warning').map(({ host }) => host)).toEqual(['b1']);
    expect(await madeBy('b1', 'b2')).toEqual(['', 'build-a']);
  });

  it('is done for the hosts that the run is limited to alone', async () => {
    await rehearse(fleet, upgrade({ hv02: 'b' }), { store, limit: ['hv02'] });
    expect(await madeBy('b1', 'b2')).toEqual(['build-b', '']);
  });
});

describe('a file for a host', () => {
  const sends = (sha256: string | null) =>
    playbook({
      title: 'test',
      params: {},
      plays: [
        {
          title: 'send',
          hosts: 'hv01',
          steps: () =>
            step('there', {
              sends: [
                {
                  from: { file: join(directory, 'source.tar') },
                  remote: '/var/lib/there',
                  mode: '0600',
                  ...(sha256 === null ? {} : { sha256 }),
                },
              ],
              read: sh`[ -e /var/lib/done ] && stat -c %a /var/lib/there || echo none`,
              want: '600',
              make: sh`touch /var/lib/done`,
            }),
        },
      ],
    });

  it('that is there already is not sent again', async () => {
    await rehearse(fleet, sends(null));
    await fleet.on('hv01').sh('rm /var/lib/done');
    const { events } = await rehearse(fleet, sends(null));
    expect(eventsOf(events, 'file.finished').map(({ sent }) => sent)).toEqual([false]);
  });

  it('that is not the one asked for is refused before it leaves', async () => {
    const { code, events } = await rehearse(fleet, sends('0'.repeat(64)));
    expect(code).toBe(1);
    expect(reasons(events)[0]).toMatch(
      /^files.digest .*source.tar has sha256 [0-9a-f]{64}, but 0{64} was asked for\.$/,
    );
    expect(await fleet.on('hv01').sh('ls /var/lib')).toBe('');
  });
});

describe('a step that keeps a log and knows its failures', () => {
  const noisy = playbook({
    title: 'test',
    params: {},
    plays: [
      {
        title: 'work',
        hosts: 'hv01',
        steps: () =>
          step('worked', {
            read: sh`[ -e /var/lib/worked ] && echo yes || echo no`,
            want: 'yes',
            make: sh`
              echo 'all that was done' >/var/lib/log
              [ ! -e /var/lib/broken ] || { echo 'fatal: no room'; exit 4; }
              touch /var/lib/worked
            `,
            logs: [{ remote: '/var/lib/log', as: 'build/log' }],
            explains: [{ pattern: /no room/, means: 'its disk is full', remedy: 'Make room.' }],
          }),
      },
    ],
  });
  const keptBy = async (events: Awaited<ReturnType<typeof rehearse>>['events']) =>
    eventsOf(events, 'file.finished').map(({ file, direction }) => `${direction} ${file}`);

  it('has it copied into the run when it worked, and not again when nothing was to be done', async () => {
    const first = await rehearse(fleet, noisy, { fetched: store });
    expect([first.code, await keptBy(first.events)]).toEqual([0, ['from-host /var/lib/log']]);
    const second = await rehearse(fleet, noisy, { fetched: store });
    expect([second.code, await keptBy(second.events)]).toEqual([0, []]);
  });

  it('has it copied when it failed, and says what the failure means', async () => {
    await fleet.on('hv01').sh('touch /var/lib/broken');
    const { code, events } = await rehearse(fleet, noisy, { fetched: store });
    expect([code, await keptBy(events)]).toEqual([1, ['from-host /var/lib/log']]);
    const [end] = eventsOf(events, 'host.finished');
    expect(end?.problem?.message).toContain('its disk is full ("fatal: no room")');
    expect(end?.problem?.remedy).toBe('Make room.');
  });
});
