import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/model/facts.ts';
import { build, buildIn } from '../../../src/ovs/build.ts';
import { buildFailures } from '../../../src/ovs/build-failures.ts';
import type { BuildParams } from '../../../src/ovs/build-params.ts';
import { builderObjections, compatible } from '../../../src/ovs/compatible.ts';
import { layoutIn } from '../../../src/ovs/layout.ts';
import { packagesFor } from '../../../src/ovs/tools.ts';

const facts: Facts = {
  distro: 'debian',
  distroVersion: '12',
  kernel: '6.1.0-28-amd64',
  arch: 'x86_64',
  init: 'systemd',
  ovs: { owner: 'debian', ...layoutIn('/etc', '/var') },
  openstack: null,
};
const params: BuildParams = { version: '3.5.0', source: '/srv/ovs.tar.gz', sha256: 'a'.repeat(64), cflags: '-g -O2' };
const make = (more: Partial<BuildParams> = {}, host: Partial<Facts> = {}, name?: string) =>
  build({ ...params, ...more }, { ...facts, ...host }, name);

describe('a build', () => {
  it('is another one as soon as anything that it depends on is', () => {
    const builds = [
      make(),
      make({ sha256: 'b'.repeat(64) }),
      make({ version: '3.5.1' }),
      make({ cflags: '-O3' }),
      make({ ssl: 'off' }),
      make({ ssl: 'required' }),
      make({ libcapng: 'on' }),
      make({ dpdk: '24.11' }),
      make({ dpdk: '24.11', dpdk_link: 'static' }),
      make({ configure: '--enable-Werror' }),
      make({}, { distroVersion: '13' }),
      make({}, { arch: 'aarch64' }),
      make({}, { ovs: { owner: 'bare', ...layoutIn('/usr/local/etc', '/usr/local/var') } }),
      make({ build_on: 'each' }, {}, 'hv01'),
      make({ build_on: 'each' }, {}, 'hv02'),
    ];
    expect(new Set(builds.map(({ id }) => id)).size).toBe(builds.length);
    expect(new Set(builds.map(({ prefix }) => prefix)).size).toBe(builds.length);
  });

  it('is the same for hosts that are alike, whatever they are called and run', () => {
    expect(make({}, {}, 'hv02').id).toBe(make({}, {}, 'hv01').id);
    expect(make({}, { kernel: '6.1.0-99-amd64' }).id).toBe(make().id);
    expect(make({ ssl: 'on', libcapng: 'auto', install_deps: false }).id).toBe(make().id);
  });

  it('of a host that runs nothing yet is that of the host once it runs in the same layout', () => {
    expect(buildIn(layoutIn('/etc', '/var'), params, { ...facts, ovs: null }).id).toBe(make().id);
  });

  it('is configured as it was asked for', () => {
    const { options, prefix, platform } = make({
      ssl: 'required',
      libcapng: 'off',
      dpdk: '24.11',
      configure: '--enable-Werror LDFLAGS=-s',
    });
    expect(platform).toBe('debian-12-x86_64');
    expect(options).toEqual([
      `--prefix=${prefix}`,
      '--sysconfdir=/etc',
      '--localstatedir=/var',
      'CFLAGS=-g -O2',
      '--enable-ssl',
      '--disable-libcapng',
      '--with-dpdk=shared',
      '--enable-Werror',
      'LDFLAGS=-s',
    ]);
  });

  it('for another architecture is made on builders of theirs', () => {
    const { platform, options } = make({ cross_from: 'x86_64' }, { arch: 'aarch64' });
    expect(platform).toBe('debian-12-x86_64');
    expect(options).toContain('--host=aarch64-linux-gnu');
  });

  it('that only a host itself may make says so', () => {
    expect(make({ build_on: 'each' }, {}, 'hv01').platform).toBe('debian-12-x86_64 on hv01');
  });

  it.each<[string, Partial<BuildParams>, string]>([
    ['no checksum', { sha256: '' }, 'Nobody has said the sha256 of /srv/ovs.tar.gz'],
    ['a release that was never one', { version: '2.2.0' }, 'never released'],
    ['a directory of its own choice', { configure: '--prefix=/usr' }, '--prefix=/usr cannot be given'],
    ['a command in its options', { configure: '--enable-x;reboot' }, 'cannot be given'],
    ['DPDK by directory where pkg-config finds it', { dpdk: '24.11', dpdk_link: '/usr/src/dpdk' }, 'does not go with'],
    ['DPDK by pkg-config before 2.15', { version: '2.14.9', dpdk: '19.11' }, 'does not go with'],
  ])('is refused with %s', (_, more, says) => {
    expect(() => make(more)).toThrow(says);
  });
});

describe('packages to build with', () => {
  const packages = (version: string, distro: string, distroVersion: string, more: Partial<BuildParams> = {}) => {
    const host = { ...facts, distro, distroVersion };
    const asked = { ...params, version, ...more };
    return packagesFor(build(asked, host), asked, host).join(' ');
  };

  it.each([
    ['2.9.9', 'centos', '7', 'python python-six'],
    ['3.3.9', 'centos', '7', 'python3'],
    ['3.4.6', 'rocky', '8.9', 'python36'],
    ['3.5.0', 'rocky', '8.9', 'python39'],
    ['3.5.0', 'rocky', '9.4', 'python3'],
    ['2.9.9', 'debian', '11', 'python2 python-six'],
    ['3.5.0', 'debian', '12', 'python3'],
    ['2.12.4', 'ubuntu', '20.04', 'python2 python-six'],
    ['3.5.0', 'ubuntu', '24.04', 'python3'],
    ['3.5.0', 'openEuler', '22.03', 'python3'],
    ['3.5.0', 'sles', '15.5', 'python311'],
  ])('of %s on %s %s have %s', (version, distro, distroVersion, pythons) => {
    expect(packages(version, distro, distroVersion)).toContain(` ${pythons} autoconf automake libtool `);
  });

  it('leave out what is not asked for, and autotools where configure is there', () => {
    const source = { given: 'x', file: '/x', sha256: '', configure: 'there' as const };
    const all = packages('3.5.0', 'debian', '12');
    const few = packages('3.5.0', 'debian', '12', { source, ssl: 'off', libcapng: 'off' });
    expect(all).toMatch(/autoconf.*libssl-dev.*libcap-ng-dev/);
    expect(few).not.toMatch(/autoconf|libssl|libcap-ng/);
  });

  it('are none that anybody would guess for a distribution that is not known', () => {
    expect(packages('3.5.0', 'gentoo', '2.14')).toBe('');
  });
});

describe('a builder', () => {
  const well = [
    'tool.compiler=12.2.0',
    'python.3.11.2=/usr/bin/python3',
    'headers.openssl=3.0.11',
    'free.build=20000',
    'memory=2000',
    'swap=0',
    'dev.urandom=yes',
    'missing=none',
  ];
  const objections = (lines: readonly string[], more: Partial<BuildParams> = {}, host: Partial<Facts> = {}) =>
    builderObjections([...well, ...lines].join('\n'), { ...params, ...more }, { ...facts, ...host });

  it('that has all is not refused', () => {
    expect(objections([])).toEqual([]);
  });

  it.each<[string, readonly string[], Partial<BuildParams>, Partial<Facts>, string]>([
    ['little disk', ['free.build=120'], {}, {}, '120 MB free'],
    ['little memory', ['memory=100'], {}, {}, '100 MB of memory'],
    ['no random numbers', ['dev.urandom=no'], {}, {}, '/dev/urandom'],
    [
      'packages missing that nobody may install',
      ['missing=gcc make'],
      { install_deps: false },
      {},
      'missing: gcc make',
    ],
    ['an old OpenSSL', ['headers.openssl=1.0.2'], {}, { distro: 'centos', distroVersion: '7' }, 'OpenSSL 1.1.1'],
    ['no Python of the kind', [], { version: '2.9.9' }, {}, 'needs Python 2.7'],
    [
      'no headers of OpenSSL, where nobody knows their package',
      ['headers.openssl=none'],
      {},
      { distro: 'gentoo' },
      'leave TLS out without a word',
    ],
  ])('is refused with %s', (_, lines, more, host, says) => {
    expect(objections(lines, more, host).join('; ')).toContain(says);
  });

  it('is not refused for packages that will be installed', () => {
    expect(objections(['missing=gcc make'])).toEqual([]);
    expect(objections(['headers.openssl=none'])).toEqual([]);
    expect(objections(['headers.openssl=none'], { ssl: 'off' }, { distro: 'gentoo' })).toEqual([]);
  });

  it('is not refused for a Python that its distribution does not have and somebody installed', () => {
    const el7 = { distro: 'centos', distroVersion: '7' };
    const old = ['headers.openssl=1.0.2'];
    expect(objections(old, { ssl: 'off' }, el7)).toEqual([]);
    expect(
      builderObjections([...well.slice(2), ...old].join('\n'), { ...params, ssl: 'off' }, { ...facts, ...el7 })[0],
    ).toContain('Python 3.7');
  });
});

describe('a host whose kernel', () => {
  /** What the planner tells of it, reasons against first. */
  const told = (version: string, kernel: string, more: Partial<BuildParams> = {}) => {
    const preflights = compatible({ ...params, version, ...more }, { ...facts, kernel });
    return {
      titles: preflights.map(({ title }) => title),
      reasons: preflights.flatMap((preflight) => ('refuses' in preflight ? (preflight.judge?.('') ?? []) : [])),
      notes: preflights.flatMap((preflight) => ('notes' in preflight ? (preflight.judge?.('') ?? []) : [])),
    };
  };

  it('serves the release is told nothing', () => {
    expect(told('3.5.0', '6.1.0-28-amd64')).toMatchObject({ reasons: [], notes: [] });
  });

  it('cannot is refused at plan time with the reason, its source, and what can be had', () => {
    const { reasons } = told('4.0.0', '3.13.0-170-generic');
    expect(reasons).toEqual([
      expect.stringMatching(/needs tunnels by metadata.*\(NEWS of 4.0\); what can be had: release 3.7.1$/),
    ]);
  });

  it('may, though nobody here has seen it, is told so and not refused', () => {
    const { reasons, notes } = told('2.17.12', '4.15.0-213-generic');
    expect([reasons, notes]).toEqual([[], [expect.stringMatching(/^unproven: the module of kernel 4\.15 lacks/)]]);
  });

  it('is asked who uses TLS only when the build has none', () => {
    expect(told('3.5.0', '6.1.0-28-amd64').titles).not.toContain('TLS');
    expect(told('3.5.0', '6.1.0-28-amd64', { ssl: 'off' }).titles).toContain('TLS');
  });
});

describe('a failed build', () => {
  it.each([
    ['configure: error: cannot find python 2.7 or higher.', 'no Python'],
    [
      'configure: error: Python 3.7 or later is required but not found in $PATH, please install it or set $PYTHON3 to point to it',
      'no Python',
    ],
    ['configure: error: Missing Python six library or version too old.', 'six'],
    ['ImportError: No module named six', 'six'],
    [
      'configure: error: Linux kernel in /lib/modules/5.10.0-32-amd64/build is version 5.10.223, but version newer than 5.8.x is not supported (please refer to the FAQ for advice)',
      'too new',
    ],
    ['configure: error: Cannot find openssl (use --disable-ssl to configure without SSL support)', 'OpenSSL'],
    ['configure: error: libcap-ng support requested, but not found', 'libcap-ng'],
    ['configure: error: source directory already configured; run "make distclean" there first', 'configured'],
    ['./boot.sh: 2: autoreconf: not found', 'autoconf'],
    ['configure.ac:22: error: possibly undefined macro: AC_PROG_LIBTOOL', 'autoconf'],
    ['gcc: fatal error: Killed signal terminated program cc1', 'memory'],
    ['cc1: error: unrecognized command-line option ‘-fnope’', 'option'],
    ['/usr/bin/ld: final link failed: No space left on device', 'disk'],
    ['lib/netdev.c:33:10: fatal error: openssl/ssl.h: No such file or directory', 'OpenSSL'],
    ['lib/netdev.c:99:1: error: unknown type name ‘foo’', 'does not compile'],
    ['make[2]: *** [Makefile:5010: lib/x.lo] Error 1', 'does not compile'],
    ['configure: error: no acceptable C compiler found in $PATH', 'C compiler'],
    ['configure: WARNING: --with-linux is no longer supported', 'no kernel module'],
  ])('is understood: %s', (line, means) => {
    const [first] = buildFailures.filter(({ pattern }) => pattern.test(line));
    expect(first?.means).toContain(means);
    expect(first?.remedy).not.toBe('');
  });

  it.each([
    'checking whether make sets $(MAKE)... yes',
    'config.status: creating Makefile',
    'lib/dpif.c:12:3: warning: unused variable ‘error’ [-Wunused-variable]',
    'checking for library containing SSL_CTX_new... -lssl',
  ])('is not seen in what every build prints: %s', (line) => {
    expect(buildFailures.filter(({ pattern }) => pattern.test(line))).toEqual([]);
  });
});
