import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSurvey } from '../../../src/facts/index.ts';

vi.setConfig({ testTimeout: 60_000 });

const templates = fileURLToPath(new URL('../../../templates/host/', import.meta.url));
const kernel = '5.10.0-32-amd64';
let root: string;

/** Files of a made-up host; executable where they begin with `#!`. */
const put = (files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: String(content).startsWith('#!') ? 0o755 : 0o644 });
  }
};

/** A program of the host that prints this; it fails when it prints nothing. */
const program = (says: string): string => `#!/bin/sh\n${says === '' ? 'exit 127' : `printf '%s\\n' '${says}'`}\n`;

const ask = (call: string): Readonly<Record<string, string>> => {
  const libraries = ['ovs-base', 'ovs-layout', 'ovs-build-facts'].map((name) => `. ${templates}${name}.sh`).join('\n');
  const { stdout, stderr, status } = spawnSync('sh', ['-u'], {
    // OVS_ROOT may be unset on a host, so nothing here may count on it.
    input: `uname() { echo ${kernel}; }\n${libraries}\n${call}\n`,
    env: { OVS_ROOT: root, PATH: `${root}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return parseSurvey(stdout);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'survey-test-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('what a kernel can', () => {
  const config = 'CONFIG_NET_CLS_BASIC=m\nCONFIG_TUN=y\n# CONFIG_NET_ACT_POLICE is not set\n';

  it.each<[string, Readonly<Record<string, string | Buffer>>]>([
    ['/boot', { [`boot/config-${kernel}`]: config }],
    ['the modules, as Fedora and EL have it', { [`lib/modules/${kernel}/config`]: config }],
    ['the build directory', { [`lib/modules/${kernel}/build/.config`]: config }],
    ['the kernel itself', { 'proc/config.gz': gzipSync(config) }],
  ])('is read from %s', (_, files) => {
    put(files);
    expect(ask(`ovs_kernel_facts ${kernel}`)).toMatchObject({
      'config.NET_CLS_BASIC': 'yes',
      'config.TUN': 'yes',
      'config.NET_ACT_POLICE': 'no',
      'config.NET_SCH_INGRESS': 'no',
    });
  });

  it('is not said to be missing where no configuration is found', () => {
    const facts = ask(`ovs_kernel_facts ${kernel}`);
    expect(facts).toMatchObject({ 'config.from': 'none', 'config.TUN': 'unknown', 'config.OPENVSWITCH': 'unknown' });
  });

  it('is there as well where its module is', () => {
    put({
      [`lib/modules/${kernel}/modules.builtin`]: 'kernel/drivers/net/tun.ko\n',
      [`lib/modules/${kernel}/modules.dep`]: 'kernel/net/sched/act_police.ko.xz:\n',
    });
    expect(ask(`ovs_kernel_facts ${kernel}`)).toMatchObject({
      'config.TUN': 'yes',
      'config.NET_ACT_POLICE': 'yes',
      'config.NET_CLS_BASIC': 'unknown',
      'kernel.newest': kernel,
    });
  });

  it.each<[string, (build: string) => void, string]>([
    ['none', () => undefined, 'none'],
    ['one', (build) => put({ [`${build}/Makefile`]: 'VERSION = 5\n' }), 'build'],
    [
      'a link into nowhere, after an update without a reboot',
      (build) => symlinkSync('/usr/src/gone', join(root, build)),
      'dangling: /usr/src/gone',
    ],
  ])('build directory: %s', (_, make, says) => {
    put({ [`lib/modules/${kernel}/modules.dep`]: '' });
    make(`lib/modules/${kernel}/build`);
    expect(ask(`ovs_kernel_facts ${kernel}`)['kernel.build']).toContain(says);
  });

  it.each([
    [
      'Linux version 3.10.0-693.el7.x86_64 (b@c) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-16) (GCC) ) #1 SMP',
      '4.8.5',
    ],
    [
      'Linux version 6.1.0-28-amd64 (d@l) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1',
      '12.2.0',
    ],
    ['Linux version 6.6.1 (x@y) (clang version 17.0.6, LLD 17.0.6) #1', 'clang version 17.0.6'],
  ])('tells the compiler of %s', (version, compiler) => {
    put({ 'proc/version': `${version}\n` });
    expect(ask(`ovs_kernel_facts ${kernel}`)['kernel.compiler']).toBe(compiler);
  });

  it.each<[string, Readonly<Record<string, string | Buffer>>, Readonly<Record<string, string>>]>([
    ['nothing said', { 'sys/firmware/efi/x': '' }, { secureboot: 'unknown', enforce: 'unknown', lockdown: 'unknown' }],
    ['a BIOS', {}, { secureboot: 'off' }],
    [
      'Secure Boot',
      {
        'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c': Buffer.from([6, 0, 0, 0, 1]),
        'sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
        'sys/module/module/parameters/sig_enforce': 'Y\n',
      },
      { secureboot: 'on', enforce: 'yes', lockdown: 'integrity' },
    ],
    [
      'Secure Boot turned off',
      {
        'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c': Buffer.from([6, 0, 0, 0, 0]),
        'sys/module/module/parameters/sig_enforce': 'N\n',
      },
      { secureboot: 'off', enforce: 'no' },
    ],
  ])('signatures: %s', (_, files, says) => {
    put(files);
    expect(ask('ovs_signature_facts')).toMatchObject(
      Object.fromEntries(Object.entries(says).map(([key, value]) => [`signatures.${key}`, value])),
    );
  });
});

describe('what a host builds with', () => {
  it('is told by version, and what is not there as none', () => {
    put({
      'usr/bin/gcc': program('4.8.5'),
      'usr/bin/make': program('GNU Make 3.82'),
      'usr/bin/autoconf': program('autoconf (GNU Autoconf) 2.69'),
      'usr/bin/openssl': program('OpenSSL 1.0.2k-fips  26 Jan 2017'),
      'usr/include/openssl/opensslv.h': '# define OPENSSL_VERSION_TEXT    "OpenSSL 1.0.2k-fips  26 Jan 2017"\n',
      'usr/include/cap-ng.h': '',
    });
    expect(ask('PATH="$OVS_ROOT/usr/bin:/usr/bin:/bin"; ovs_tool_facts')).toMatchObject({
      'tool.compiler': '4.8.5',
      'tool.make': '3.82',
      'tool.autoconf': '2.69',
      'tool.openssl': '1.0.2',
      'headers.openssl': '1.0.2',
      'headers.libcap-ng': 'yes',
    });
  });

  it('has interpreters that start, each once, and six for one of Python 2', () => {
    put({
      'usr/bin/python3': program('Python 3.6.8'),
      'usr/bin/python3.6': program('Python 3.6.8'),
      'usr/bin/python3.9': program(''),
      'usr/bin/python2': '#!/bin/sh\ncase $1 in -V) echo Python 2.7.5 >&2 ;; *) exit 0 ;; esac\n',
    });
    const facts = ask('ovs_tool_facts');
    expect(facts).toMatchObject({
      'python.3.6.8': `${root}/usr/bin/python3`,
      'python.2.7.5': `${root}/usr/bin/python2`,
      'python.six': 'yes',
    });
    expect(Object.values(facts)).not.toContain(`${root}/usr/bin/python3.9`);
  });
});

describe('which Open vSwitch is there', () => {
  it('is every ovs-vswitchd and every one that runs, wherever it is', () => {
    put({
      'usr/sbin/ovs-vswitchd': program('ovs-vswitchd (Open vSwitch) 3.1.0'),
      'usr/local/sbin/ovs-vswitchd': program('ovs-vswitchd (Open vSwitch) 2.9.0'),
      'opt/ovsfleet/ovs/3.5.0-0a/sbin/ovs-vswitchd': program('ovs-vswitchd (Open vSwitch) 3.5.0'),
      'proc/71/comm': 'ovs-vswitchd\n',
    });
    symlinkSync('/usr/local/sbin/ovs-vswitchd', join(root, 'proc/71/exe'));
    expect(ask('ovs_installed_facts')).toMatchObject({
      'installed./usr/sbin/ovs-vswitchd': '3.1.0',
      'installed./usr/local/sbin/ovs-vswitchd': '2.9.0',
      'installed./opt/ovsfleet/ovs/3.5.0-0a/sbin/ovs-vswitchd': '3.5.0',
      'running.71': '/usr/local/sbin/ovs-vswitchd',
      'module.loaded': 'none',
    });
  });

  it('is told with its packages, and whether they are held', () => {
    put({
      'usr/bin/dpkg-query':
        '#!/bin/sh\nprintf "ii  openvswitch-common 3.1.0-2\\nhi  openvswitch-switch 3.1.0-2\\nrc  openvswitch-old 1\\n"\n',
    });
    const facts = ask('ovs_installed_facts');
    expect(facts).toMatchObject({
      'package.openvswitch-common': '3.1.0-2',
      'package.openvswitch-switch': '3.1.0-2 (held)',
    });
    expect(facts).not.toHaveProperty('package.openvswitch-old');
  });

  it('is told with the order in which modules are looked for', () => {
    put({ 'etc/depmod.d/ubuntu.conf': '# order\nsearch updates ubuntu built-in\n' });
    expect(ask('ovs_installed_facts')['module.search']).toBe('updates ubuntu built-in');
  });
});

it('the whole survey of this machine is read without an error', () => {
  expect(ask('OVS_ROOT=; ovs_survey')).toMatchObject({ 'dev.urandom': 'yes', 'config.TUN': expect.any(String) });
});
