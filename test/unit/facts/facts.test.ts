import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { factsScript, parseFacts } from '../../../src/facts/index.ts';
import { frameReader, type LibrarySource, probeBatch } from '../../../src/shell/index.ts';
import { type FakeFleet, fakeFleet } from '../../../src/testing/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const plain = { kernel: '6.1.0-28-amd64', arch: 'x86_64', ID: 'debian', VERSION_ID: '12', init: 'systemd' };
const daemons = {
  'ovs.owner': 'debian',
  'ovs.rundir': '/var/run/openvswitch',
  'ovs.dbdir': '/etc/openvswitch',
  'ovs.logdir': '/var/log/openvswitch',
  'ovs.sysconfdir': '/etc',
  'ovs.localstatedir': '/var',
};
const printed = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');

describe('what a host says of itself', () => {
  it('is read, daemons and agent too', () => {
    expect(parseFacts(printed({ ...plain, ...daemons, agent: 'neutron-openvswitch-agent.service' }), 'hv01')).toEqual({
      distro: 'debian',
      distroVersion: '12',
      kernel: '6.1.0-28-amd64',
      arch: 'x86_64',
      init: 'systemd',
      ovs: expect.objectContaining({ owner: 'debian', runDirectory: '/var/run/openvswitch', sysconfdir: '/etc' }),
      openstack: { agentUnit: 'neutron-openvswitch-agent.service' },
    });
  });

  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['no Open vSwitch', plain, { ovs: null, openstack: null }],
    ['a container that owns the daemons', { ...plain, 'ovs.owner': 'container' }, { ovs: { owner: 'container' } }],
    ['daemons outside of their units', { ...plain, ...daemons, 'ovs.owner': 'astray' }, { ovs: { owner: 'astray' } }],
    ['no os-release', { ...plain, ID: '', VERSION_ID: '' }, { distro: 'unknown', distroVersion: 'unknown' }],
    ['a kernel that takes signed modules alone', { ...plain, signatures: 'enforced' }, { signatures: 'enforced' }],
    ['another init', { ...plain, init: 'other' }, { init: 'other' }],
    ['a value that holds an equals sign', { ...plain, kernel: '5.10-a=b' }, { kernel: '5.10-a=b' }],
    ['keys that are not known yet', { ...plain, colour: 'red' }, { distro: 'debian' }],
  ])('may be %s', (_, values, facts) => {
    expect(parseFacts(printed(values), 'hv01')).toMatchObject(facts);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['its kernel', { ...plain, kernel: '' }, 'hv01: the host does not say its kernel.'],
    [
      'where its daemons listen',
      { ...plain, ...daemons, 'ovs.rundir': '' },
      'hv01: the host does not say its ovs.rundir.',
    ],
    [
      'an owner that is known',
      { ...plain, ...daemons, 'ovs.owner': 'runit' },
      'hv01: the host says that Open vSwitch is owned by "runit", which nobody here knows.',
    ],
  ])('must hold %s', (_, values, sentence) => {
    expect(() => parseFacts(printed(values), 'hv01')).toThrow(sentence);
  });
});

const libraries: LibrarySource = (name) =>
  readFileSync(new URL(`../../../templates/host/${name}.sh`, import.meta.url), 'utf8');

describe.each(['dash', 'bash', 'busybox sh'])('the facts of a host, asked under %s', (shell) => {
  let fleet: FakeFleet;
  beforeAll(async () => {
    fleet = await fakeFleet({ hv01: {} });
  });
  afterAll(() => fleet.close());
  beforeEach(() =>
    fleet.on('hv01').sh('rm -f /etc/os-release; printf "ID=centos\\nVERSION_ID=\\"7\\"\\n" >/etc/os-release'),
  );

  /** What the probe's one reading gave. */
  const ask = async () => {
    const program = probeBatch([{ read: factsScript, want: '', ways: [], withinSeconds: 0, limitSeconds: 0 }], {
      nonce: '0123456789abcdef',
      libraries,
    });
    await fleet.on('hv01').sh(`cat >/tmp/program <<'end-of-program'\n${program}end-of-program\n`);
    const said = await fleet.on('hv01').sh(`${shell} </tmp/program`);
    let read = '';
    const reader = frameReader('0123456789abcdef', (part) => {
      if (part.part === 'frame' && part.kind === 'read') read = part.text;
    });
    reader.feed(Buffer.from(`${said}\n`));
    return parseFacts(read, 'hv01');
  };

  it('are those of its os-release and kernel', async () => {
    const facts = await ask();
    expect(facts).toMatchObject({ distro: 'centos', distroVersion: '7', init: 'systemd', ovs: null, openstack: null });
    expect(facts.kernel).toBe(await fleet.on('hv01').sh('uname -r'));
  });

  it('hold the agent by the name of its unit', async () => {
    await fleet.on('hv01').sh('touch /etc/systemd/system/devstack@q-agt.service');
    expect((await ask()).openstack).toEqual({ agentUnit: 'devstack@q-agt.service' });
    await fleet.on('hv01').sh('rm /etc/systemd/system/devstack@q-agt.service');
  });

  it('hold whether its kernel takes signed modules alone, as that kernel says', async () => {
    const says = await fleet
      .on('hv01')
      .sh('cat /sys/module/module/parameters/sig_enforce /sys/kernel/security/lockdown 2>/dev/null; :');
    expect((await ask()).signatures).toBe(/^Y|\[(integrity|confidentiality)\]/m.test(says) ? 'enforced' : 'free');
  });

  it('do not run what an os-release holds', async () => {
    await fleet.on('hv01').sh(`printf 'ID=$(touch /run/ran)\\nVERSION_ID=1\\n' >/etc/os-release`);
    expect((await ask()).distro).toBe('$(touch /run/ran)');
    expect(await fleet.on('hv01').sh('ls /run/ran 2>/dev/null || echo none')).toBe('none');
  });
});
