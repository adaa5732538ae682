import { describe, expect, test } from 'vitest';
import { factsDifferences } from '../../../src/facts/index.ts';
import type { Facts, OvsFacts } from '../../../src/model/facts.ts';

const ovs: OvsFacts = {
  owner: 'debian',
  runDirectory: '/var/run/openvswitch',
  databaseDirectory: '/etc/openvswitch',
  logDirectory: '/var/log/openvswitch',
  sysconfdir: '/etc',
  localstatedir: '/var',
};
const host: Facts = {
  distro: 'debian',
  distroVersion: '12',
  kernel: '6.1.0-50-amd64',
  arch: 'x86_64',
  init: 'systemd',
  ovs,
  openstack: null,
};
const ownedBy = (owner: OvsFacts['owner']): Facts => ({ ...host, ovs: { ...ovs, owner } });

describe('a host that is gone on with', () => {
  test.each<[string, Facts, Facts, readonly string[]]>([
    ['is the same when nothing differs', host, { ...host }, []],
    [
      'is another when its kernel is',
      host,
      { ...host, kernel: '6.1.0-56-amd64' },
      ['kernel was "6.1.0-50-amd64", is "6.1.0-56-amd64"'],
    ],
    ['is the same when its kernel was not asked about signatures then', host, { ...host, signatures: 'free' }, []],
    [
      'is another when its kernel takes signed modules alone now',
      { ...host, signatures: 'free' },
      { ...host, signatures: 'enforced' },
      ['signatures was "free", is "enforced"'],
    ],
    ['is the same when its stray daemons are back under their units', ownedBy('astray'), ownedBy('debian'), []],
    ['is the same when its stray daemons are back under the units of EL', ownedBy('astray'), ownedBy('el'), []],
    [
      'is another when its daemons went astray',
      ownedBy('debian'),
      ownedBy('astray'),
      ['owner of Open vSwitch was "debian", is "astray"'],
    ],
    [
      'is another when its stray daemons became those of a container',
      ownedBy('astray'),
      ownedBy('container'),
      ['owner of Open vSwitch was "astray", is "container"'],
    ],
    ['is another when it has no switch any more', host, { ...host, ovs: null }, ['Open vSwitch ran, and runs no more']],
    ['is the same when its first switch was started', { ...host, ovs: null }, host, []],
    [
      'is another when its database moved',
      host,
      { ...host, ovs: { ...ovs, databaseDirectory: '/usr/local/etc/openvswitch' } },
      ['databaseDirectory of Open vSwitch was "/etc/openvswitch", is "/usr/local/etc/openvswitch"'],
    ],
  ])('%s', (_, before, now, differences) => {
    expect(factsDifferences(before, now)).toEqual(differences);
  });
});
