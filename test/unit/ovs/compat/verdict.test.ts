import { describe, expect, it } from 'vitest';
import { type Pair, verdictOf } from '../../../../src/ovs/compat/index.ts';

/** Kernels as the distributions have them. */
const hosts = {
  el72: { distro: 'centos', distroVersion: '7', kernel: '3.10.0-327.36.3.el7.x86_64' },
  el74: { distro: 'centos', distroVersion: '7', kernel: '3.10.0-693.11.1.el7.x86_64' },
  el75: { distro: 'centos', distroVersion: '7', kernel: '3.10.0-862.el7.x86_64' },
  el76: { distro: 'rhel', distroVersion: '7.6', kernel: '3.10.0-957.12.1.el7.x86_64' },
  el79: { distro: 'centos', distroVersion: '7', kernel: '3.10.0-1160.119.1.el7.x86_64' },
  el8: { distro: 'rhel', distroVersion: '8.3', kernel: '4.18.0-240.el8.x86_64' },
  el84: { distro: 'rocky', distroVersion: '8.4', kernel: '4.18.0-305.el8.x86_64' },
  el9: { distro: 'rocky', distroVersion: '9.4', kernel: '5.14.0-427.13.1.el9_4.x86_64' },
  deb10: { distro: 'debian', distroVersion: '10', kernel: '4.19.0-27-amd64' },
  deb11: { distro: 'debian', distroVersion: '11', kernel: '5.10.0-32-amd64' },
  deb12: { distro: 'debian', distroVersion: '12', kernel: '6.1.0-28-amd64' },
  deb13: { distro: 'debian', distroVersion: '13', kernel: '6.12.6-amd64' },
  u1804: { distro: 'ubuntu', distroVersion: '18.04', kernel: '4.15.0-213-generic' },
  u2004: { distro: 'ubuntu', distroVersion: '20.04', kernel: '5.4.0-200-generic' },
  u2204: { distro: 'ubuntu', distroVersion: '22.04', kernel: '5.15.0-119-generic' },
  u2404: { distro: 'ubuntu', distroVersion: '24.04', kernel: '6.8.0-45-generic' },
  eul2003: { distro: 'openEuler', distroVersion: '20.03', kernel: '4.19.90-2112.8.0.0131.oe1.x86_64' },
  eul2203: { distro: 'openEuler', distroVersion: '22.03', kernel: '5.10.0-60.18.0.50.oe2203.x86_64' },
  u1404: { distro: 'ubuntu', distroVersion: '14.04', kernel: '3.13.0-170-generic' },
} as const;

const ask = (host: keyof typeof hosts, version: string, more: Partial<Pair> = {}) =>
  verdictOf({
    ...hosts[host],
    version,
    module: 'in-tree',
    ssl: 'on',
    dpdk: '',
    signatures: 'free',
    signing: 'no key',
    seen: null,
    ...more,
  });

const ours = { module: 'ours' } as const;
const either = { module: 'ours-else-in-tree' } as const;
const secure = { signatures: 'enforced' } as const;

type Row = readonly [
  host: keyof typeof hosts,
  version: string,
  asked: Partial<Pair>,
  is: 'proven' | 'unproven' | 'refused',
  module: 'ours' | 'in-tree',
  says: string,
];

// Worked out by hand from acinclude.m4, NEWS and the FAQ of each release, before there was a program to ask.
const rows: readonly Row[] = [
  // Enterprise Linux 7: the gate reads 3.10 and lets all pass; backports decide what compiles.
  ['el74', '2.9.0', ours, 'proven', 'ours', 'runs with kernel 3.10.0-693'],
  ['el74', '2.9.9', ours, 'unproven', 'ours', 'configure takes kernel 3.10'],
  ['el75', '2.9.0', ours, 'unproven', 'ours', 'only in 2.9.1'],
  ['el75', '2.9.1', ours, 'unproven', 'ours', 'only seen by doing it'],
  ['el76', '2.9.9', ours, 'unproven', 'ours', 'only in 2.12.0'],
  ['el76', '2.11.7', ours, 'unproven', 'ours', 'only seen by doing it'],
  ['el79', '2.17.12', ours, 'unproven', 'ours', 'only seen by doing it'],
  ['el79', '2.9.9', either, 'unproven', 'in-tree', 'the module of kernel 3.10'],
  ['el72', '2.17.6', ours, 'refused', 'ours', 'rxhash'],
  ['el79', '3.3.9', ours, 'refused', 'ours', 'no kernel module of its own'],
  ['el79', '3.3.9', {}, 'unproven', 'in-tree', 'the module of kernel 3.10'],
  ['el79', '3.4.6', {}, 'unproven', 'in-tree', 'the module of kernel 3.10'],
  ['el79', '3.5.4', {}, 'refused', 'in-tree', 'needs Python 3.7 or later, and centos 7 offers 3.6'],
  [
    'el79',
    '3.5.4',
    { seen: { pythons: ['3.9'], compiler: '4.8.5', openssl: '1.0.2' } },
    'refused',
    'in-tree',
    'OpenSSL 1.1.1',
  ],
  [
    'el79',
    '3.5.4',
    { seen: { pythons: ['3.9'], compiler: '4.8.5', openssl: '1.0.2' }, ssl: 'off' },
    'unproven',
    'in-tree',
    '',
  ],
  ['el74', '2.9.0', { ...ours, ...secure }, 'refused', 'ours', 'loads signed modules alone'],
  ['el74', '2.9.0', { ...ours, ...secure, signing: 'key' }, 'proven', 'ours', ''],
  ['el74', '2.9.0', { ...either, ...secure }, 'unproven', 'in-tree', ''],
  ['el79', '2.17.12', { ...either, ...secure }, 'unproven', 'in-tree', 'the module of kernel 3.10'],
  ['el79', '2.17.12', { ...either, ...secure, signing: 'key' }, 'unproven', 'ours', 'only seen by doing it'],
  // Enterprise Linux 8
  ['el8', '2.13.11', ours, 'unproven', 'ours', 'only in 2.14.0'],
  ['el8', '2.14.9', ours, 'unproven', 'ours', 'only seen by doing it'],
  ['el84', '2.16.7', ours, 'unproven', 'ours', 'only in 2.17.0'],
  ['el84', '2.17.12', ours, 'unproven', 'ours', 'only seen by doing it'],
  ['el8', '2.10.7', ours, 'refused', 'ours', 'up to 4.15'],
  ['el8', '3.5.4', {}, 'unproven', 'in-tree', ''],
  ['el8', '2.17.12', { ...ours, ...secure }, 'refused', 'ours', 'loads signed modules alone'],
  // Enterprise Linux 9
  ['el9', '2.17.12', ours, 'refused', 'ours', "5.14 can't have 2.17.12's module"],
  ['el9', '2.17.12', either, 'unproven', 'in-tree', 'the module of kernel 5.14'],
  ['el9', '2.9.9', {}, 'refused', 'in-tree', 'needs Python 2.7'],
  ['el9', '3.5.4', {}, 'proven', 'in-tree', ''],
  ['el9', '3.5.4', secure, 'proven', 'in-tree', ''],
  ['el9', '3.7.1', either, 'proven', 'in-tree', ''],
  // Debian
  ['deb10', '2.12.4', ours, 'unproven', 'ours', 'configure takes kernel 4.19'],
  ['deb10', '2.11.7', ours, 'refused', 'ours', 'up to 4.18'],
  ['deb11', '2.17.12', ours, 'refused', 'ours', "5.10 can't have 2.17.12's module"],
  ['deb11', '2.17.12', {}, 'unproven', 'in-tree', ''],
  ['deb12', '3.1.0', {}, 'proven', 'in-tree', ''],
  ['deb12', '3.5.0', {}, 'proven', 'in-tree', ''],
  ['deb12', '2.9.9', {}, 'refused', 'in-tree', 'debian 12 offers no Python 2'],
  ['deb13', '3.7.1', {}, 'proven', 'in-tree', ''],
  ['deb13', '3.0.8', ours, 'refused', 'ours', 'the last series with one is 2.17'],
  // Ubuntu
  ['u1404', '2.3.3', ours, 'unproven', 'ours', 'configure takes kernel 3.13'],
  ['u1804', '2.8.11', ours, 'refused', 'ours', 'up to 4.11'],
  ['u1804', '2.9.0', ours, 'refused', 'ours', 'up to 4.13'],
  ['u1804', '2.9.9', ours, 'unproven', 'ours', 'configure takes kernel 4.15'],
  ['u1804', '3.5.4', {}, 'refused', 'in-tree', 'needs Python 3.7'],
  ['u2004', '2.13.11', ours, 'refused', 'ours', 'up to 5.0'],
  ['u2004', '2.14.9', ours, 'unproven', 'ours', 'configure takes kernel 5.4'],
  ['u2004', '2.17.12', { ...ours, ...secure }, 'refused', 'ours', 'loads signed modules alone'],
  ['u2204', '2.17.12', ours, 'refused', 'ours', "5.15 can't have"],
  ['u2404', '3.3.9', secure, 'proven', 'in-tree', ''],
  ['u2404', '3.7.1', { dpdk: '22.11.7' }, 'refused', 'in-tree', 'built with DPDK 25.11, not with 22.11.7'],
  ['u2404', '3.7.1', { dpdk: '25.11.2' }, 'proven', 'in-tree', ''],
  // openEuler
  ['eul2003', '2.12.4', ours, 'unproven', 'ours', 'configure takes kernel 4.19'],
  ['eul2203', '2.17.12', ours, 'refused', 'ours', "5.10 can't have"],
  ['eul2203', '2.17.12', {}, 'unproven', 'in-tree', ''],
];

describe('whether a release can be had on a host', () => {
  it.each(rows)('%s %s %j: %s with the module %s', (host, version, asked, is, module, says) => {
    const verdict = ask(host, version, asked);
    expect([verdict.is, verdict.module]).toEqual([is, module]);
    expect(verdict.findings.map(({ because }) => because).join('; ')).toContain(says);
    for (const { source } of verdict.findings) expect(source).not.toBe('');
  });

  it('is answered for at least forty pairs that were worked out by hand', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });
});

describe('what is refused', () => {
  const insteadOf = (host: keyof typeof hosts, version: string, asked: Partial<Pair> = {}) =>
    ask(host, version, asked).findings.flatMap((found) => (found.is === 'refused' ? [found.instead] : []));

  it.each([
    ['el9', '2.17.12', ours, "the kernel's own: module=in-tree"],
    ['u1804', '2.8.11', ours, 'release 2.9.9'],
    ['u2004', '2.13.11', ours, 'release 2.14.9'],
    ['deb12', '2.9.9', {}, 'release 2.13.11'],
    ['el79', '3.5.4', {}, 'release 3.4.6'],
    ['u2404', '3.7.1', { dpdk: '22.11.7' }, 'dpdk=25.11'],
  ] as const)('on %s for %s %j comes with what works: %s', (host, version, asked, instead) => {
    expect(insteadOf(host, version, asked).join('; ')).toContain(instead);
  });
});
