import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { playbook, sh, step } from '../../../src/index.ts';
import { type FakeFleet, fakeClock, fakeFleet, hastyClock, memorySink, rehearse } from '../../../src/testing/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('a fake clock', () => {
  it('wakes sleepers in the order of their times, and none early', async () => {
    const clock = fakeClock();
    const began = clock.now();
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now() - began}`);
    };
    const all = [sleep('late', 300), sleep('early', 100), sleep('never', 10_000)];
    clock.advance(99);
    await Promise.resolve();
    expect(woken).toEqual([]);
    clock.advance(301);
    await Promise.all(all.slice(0, 2));
    expect(woken).toEqual(['early 400', 'late 400']);
  });

  it('tells when somebody sleeps', async () => {
    const clock = fakeClock();
    const waited = clock.sleeper();
    void clock.sleep(5);
    await waited;
    await clock.sleeper();
  });

  it.each([
    ['the fake', fakeClock],
    ['the hasty', hastyClock],
  ])('%s one ends a sleep with the reason of its signal', async (_, make) => {
    const abort = new AbortController();
    abort.abort(new Error('interrupted'));
    await expect(make().sleep(1000, abort.signal)).rejects.toThrow('interrupted');
  });

  it('that is hasty lets the time of each sleep pass at once', async () => {
    const clock = hastyClock();
    const began = clock.now();
    await clock.sleep(3_600_000);
    expect(clock.now() - began).toBe(3_600_000);
  });
});

describe('a fake fleet', () => {
  let fleet: FakeFleet;
  beforeAll(async () => {
    fleet = await fakeFleet({ hv01: { groups: ['hypervisors'], vars: { motd: 'hello' } }, other: {} });
  });
  afterAll(() => fleet.close());

  const motd = playbook({
    title: 'motd',
    params: {},
    plays: [
      {
        title: 'motd',
        hosts: 'hypervisors',
        steps: ({ host }) =>
          step('motd', {
            read: sh`cat /etc/ovsfleet-motd 2>/dev/null || echo none`,
            want: String(host.vars['motd']),
            make: sh`printf '%s\n' ${String(host.vars['motd'])} >/etc/ovsfleet-motd`,
          }),
      },
    ],
  });

  it('runs a playbook on the hosts of its group, and does not touch this machine', async () => {
    const heard = memorySink();
    const { code, events } = await rehearse(fleet, motd, { sink: heard });
    expect(code).toBe(0);
    expect(heard.events).toEqual(events);
    expect(await fleet.on('hv01').sh('cat /etc/ovsfleet-motd')).toBe('hello');
    expect(await fleet.on('other').sh('ls /etc/ovsfleet-motd 2>&1 || :')).toContain('No such file');
    expect(existsSync('/etc/ovsfleet-motd')).toBe(false);
  });

  it('keeps its files through a reboot, but those of /run and /tmp', async () => {
    const host = fleet.on('hv01');
    await host.sh('echo 1 >/var/lib/kept; echo 1 >/run/lost; echo 1 >/tmp/lost');
    const boot = await host.sh('cat /proc/sys/kernel/random/boot_id');
    await host.reboot();
    expect(await host.sh('cat /proc/sys/kernel/random/boot_id')).not.toBe(boot);
    expect(await host.sh('ls /var/lib/kept /run/lost /tmp/lost 2>/dev/null || :')).toBe('/var/lib/kept');
  });

  it('says so when it has no host of that name', () => {
    expect(() => fleet.on('hv99')).toThrow('there is no fake host hv99');
  });
});
