import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, shells } from './fake-host.ts';

let host: FakeHost;
let work: string;
beforeEach(() => {
  host = debianHost();
  work = join(host.root, 'work');
  mkdirSync(work);
});
afterEach(() => host.remove());

/** A program of the host that comes first on PATH. */
const program = (name: string, text: string): void => host.write(`/fake/bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);

/** A tarball with one directory. */
const tarball = (files: Readonly<Record<string, string>>, flag = '-z'): string => {
  const tree = join(host.root, 'source', 'ovs-3.5.0');
  mkdirSync(tree, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, name), text, { mode: 0o755 });
  const file = join(host.root, 'source.tarball');
  execFileSync('tar', [flag, '-cf', file, '-C', join(host.root, 'source'), 'ovs-3.5.0']);
  return file;
};

/** Writes down how it was called, and with which interpreter. */
const configure = '#!/bin/sh\nprintf "%s\\n" "$0 $* PYTHON3=$PYTHON3" >called\n';

describe.each(shells)('building under $shell', ({ command, shell }) => {
  const sh = (script: string) => host.sh(command, script);

  test.each(['-z', '-J', '-j', '--no-auto-compress'])(
    'a tarball packed with %s is unpacked, whatever it is called',
    (flag) => {
      const file = tarball({ 'configure.ac': '', configure }, flag);
      expect(sh(`ovs_build_unpack '${file}' '${work}/w' && ls '${work}/w/src'`)).toMatchObject({
        status: 0,
        stdout: 'configure\nconfigure.ac\n',
      });
    },
  );

  test('a tarball of something else is refused', () => {
    const { status, stderr } = sh(`ovs_build_unpack '${tarball({ README: '' })}' '${work}/w'`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('is not a source of Open vSwitch');
  });

  test('output is shown and kept, and the status is that of the command', () => {
    const log = join(work, 'logs/a.log');
    const run = sh(`ovs_build_logged '${log}' sh -c 'echo out; echo err >&2; exit 7'`);
    expect(run).toMatchObject({ status: 7, stdout: 'out\nerr\n' });
    sh(`ovs_build_logged '${log}' echo more`);
    expect(readFileSync(log, 'utf8')).toBe('out\nerr\nmore\n');
  });

  test('configure runs with the first interpreter that fits, though another comes first on PATH', () => {
    program('python3', 'echo Python 3.6.8');
    for (const minor of [10, 11, 12, 13, 14]) program(`python3.${minor}`, 'exit 127');
    program('python3.9', 'echo Python 3.9.18');
    host.write('/work/tree/configure', configure, 0o755);
    const run = sh(`ovs_build_configure '${work}/tree' 3 3.7 --prefix=/opt/x 'CFLAGS=-g -O2'`);
    expect(run).toMatchObject({ status: 0 });
    expect(host.read('/work/tree/called')).toBe(
      `./configure --prefix=/opt/x CFLAGS=-g -O2 PYTHON3=${host.root}/fake/bin/python3.9\n`,
    );
  });

  test('boot.sh runs where there is no configure, and not where there is one', () => {
    program('python3', 'echo Python 3.11.2');
    const boot = `#!/bin/sh\necho ran >booted\nprintf '%s' '${configure.replaceAll("'", "'\\''")}' >configure\nchmod +x configure\n`;
    host.write('/work/bare/boot.sh', boot, 0o755);
    host.write('/work/full/boot.sh', boot, 0o755);
    host.write('/work/full/configure', configure, 0o755);
    expect(
      sh(`ovs_build_configure '${work}/bare' 3 3.7 -x && ovs_build_configure '${work}/full' 3 3.7 -x`).status,
    ).toBe(0);
    expect(sh(`ls '${work}/bare' '${work}/full'`).stdout.match(/booted/g)).toHaveLength(1);
    expect(host.read('/work/bare/called')).toContain('./configure -x');
  });

  test('no interpreter that fits is said in words that are understood', () => {
    for (const name of [
      'python3',
      'python3.14',
      'python3.13',
      'python3.12',
      'python3.11',
      'python3.10',
      'python3.9',
      'python3.8',
      'python3.7',
      'python',
    ])
      program(name, 'echo Python 3.6.8');
    host.write('/work/tree/configure', configure, 0o755);
    const { status, stderr } = sh(`ovs_build_configure '${work}/tree' 3 3.7`);
    expect([status === 0, stderr]).toEqual([false, expect.stringContaining('no Python that fits')]);
  });

  const stage = (version: string) => {
    host.write(
      '/work/w/src/Makefile',
      `install:\n\tmkdir -p $(DESTDIR)/opt/x/sbin $(DESTDIR)/opt/x/lib $(DESTDIR)/etc && cp ovs-vswitchd $(DESTDIR)/opt/x/sbin/ && touch $(DESTDIR)/opt/x/lib/libx.a $(DESTDIR)/etc/y\n`,
    );
    host.write('/work/w/src/ovs-vswitchd', `#!/bin/sh\necho 'ovs-vswitchd (Open vSwitch) ${version}'\n`, 0o755);
    mkdirSync(join(work, 'w/stage'), { recursive: true });
  };

  test('what is installed has its id, a list of its files that holds, and no static libraries', () => {
    stage('3.5.0');
    const run = sh(
      `ovs_build_install '${work}/w' /opt/x 3.5.0-0a 3.5.0 && cd '${work}/w/stage/opt/x' && sha256sum -c .manifest && cat .build-id && ls -A .`,
    );
    expect(run).toMatchObject({ status: 0 });
    expect(run.stdout).toContain('./sbin/ovs-vswitchd: OK');
    expect(run.stdout).toContain('3.5.0-0a\n');
    expect(run.stdout).not.toMatch(/lib/);
  });

  test('a source of another release than was asked for is refused', () => {
    stage('3.4.0');
    const { status, stderr } = sh(`ovs_build_install '${work}/w' /opt/x 3.5.0-0a 3.5.0`);
    expect([status === 0, stderr]).toEqual([
      false,
      expect.stringContaining('the source is of release 3.4.0, not 3.5.0'),
    ]);
  });

  // A builder has GNU tar; busybox would take its own in place of it.
  if (shell !== 'busybox') {
    test('the same tree is packed into the same file, and only what is below its prefix', () => {
      stage('3.5.0');
      const pack = (name: string) =>
        sh(
          `cp -r '${work}/w' '${work}/${name}' && ovs_build_install '${work}/${name}' /opt/x 3.5.0-0a 3.5.0 && touch '${work}/${name}/stage/opt/x/.build-id' && ovs_build_pack '${work}/${name}' /opt/x '${work}/out/${name}.tar.gz'`,
        ).status;
      expect([pack('one'), pack('two')]).toEqual([0, 0]);
      const read = (name: string) => readFileSync(join(work, 'out', `${name}.tar.gz`));
      expect(read('one').equals(read('two'))).toBe(true);
      expect(sh(`tar -tzf '${work}/out/one.tar.gz' | sort`).stdout).toBe(
        'opt/x/\nopt/x/.build-id\nopt/x/.manifest\nopt/x/sbin/\nopt/x/sbin/ovs-vswitchd\n',
      );
      expect(sh(`ls '${work}' '${work}/out'`).stdout).not.toMatch(/new|^one$/m);
    });
  }
});

describe.each(shells)('packages under $shell', ({ command, shell }) => {
  const sh = (script: string) => host.sh(command, script);
  const debian = (...installed: readonly string[]): void => {
    const known = installed.map((name) => `${name}) echo 'ii ' ;;`).join(' ');
    program(
      'dpkg-query',
      `for last; do :; done; case $last in ${known} held) echo 'hi ' ;; gone) echo 'rc ' ;; *) exit 1 ;; esac`,
    );
    program('apt-get', `echo "apt-get $*" >>'${host.root}/calls.txt'`);
  };
  const calls = (): string => sh(`cat '${host.root}/calls.txt' 2>/dev/null || :`).stdout;

  test('that are missing are told in one line', () => {
    debian('make');
    expect(sh('ovs_packages_missing make gcc held gone').stdout).toBe('gcc gone\n');
    expect(sh('ovs_packages_missing make').stdout).toBe('none\n');
  });

  test('that are missing alone are installed, and nothing is removed for them', () => {
    debian('make');
    expect(sh('ovs_packages_install make gcc').status).toBe(0);
    expect(calls()).toMatch(/^apt-get .*--no-remove install gcc\n$/);
  });

  test('of modules are the headers besides, unless those are there by no package', () => {
    const list = (): string =>
      sh(`ovs_module_tools_missing /lib/modules/6.1.0-28-amd64/build linux-headers-6.1.0-28-amd64 gcc`).stdout;
    program('dpkg-query', 'case $4 in gcc) echo "ii " ;; *) exit 1 ;; esac');
    expect(list()).toBe('linux-headers-6.1.0-28-amd64\n');
    host.write('/lib/modules/6.1.0-28-amd64/build/Makefile', '');
    expect(list()).toBe('none\n');
  });

  // busybox has an rpm of its own.
  if (shell !== 'busybox') {
    test('of rpm are found by their name with its version too, which is no capability', () => {
      const only = `PATH='${host.root}/fake/bin'; export PATH`;
      program('timeout', 'shift; exec "$@"');
      program('rpm', '[ "$*" = "-q kernel-devel-3.10.0-693.el7.x86_64" ] || [ "$*" = "-q --whatprovides gcc" ]');
      expect(sh(`${only}; ovs_packages_missing kernel-devel-3.10.0-693.el7.x86_64 gcc make`).stdout).toBe('make\n');
    });
  }

  test('that are all there are left alone', () => {
    debian('make');
    expect(sh('ovs_packages_install make').status).toBe(0);
    expect(calls()).toBe('');
  });

  test('are asked for again once the lists have been renewed', () => {
    debian();
    program(
      'apt-get',
      `echo "apt-get $*" >>'${host.root}/calls.txt'; [ "$(grep -c update '${host.root}/calls.txt')" = 1 ]`,
    );
    expect(sh('ovs_packages_install gcc').status).toBe(0);
    expect(calls().match(/install gcc/g)).toHaveLength(2);
  });
});

describe.each(shells)('a fresh installation under $shell', ({ command, shell }) => {
  const sh = (script: string) => host.sh(command, script);
  const stageUsr = (): void => {
    host.write(
      '/work/w/src/Makefile',
      'install:\n\tmkdir -p $(DESTDIR)/usr/sbin $(DESTDIR)/usr/share/openvswitch && cp ovs-vswitchd $(DESTDIR)/usr/sbin/\n',
    );
    host.write('/work/w/src/ovs-vswitchd', "#!/bin/sh\necho 'ovs-vswitchd (Open vSwitch) 3.5.0'\n", 0o755);
    mkdirSync(join(work, 'w/stage'), { recursive: true });
  };
  const objections = (wanted: string, setting = 'refuse') =>
    sh(
      `ovs__packages() { printf '%s\\n' "$packages"; }; packages=\${packages-}; ${wanted} ovs_install_objections 3.5.0-0a 3.5.0 side-by-side ${setting}`,
    ).stdout;
  const nothingRuns = 'ovs__daemon_pid() { return 1; };';

  test('is refused beside a switch that runs', () => {
    expect(objections('packages=;')).toMatch(
      /ovs-vswitchd runs there already, from .*: what runs is upgraded, by playbooks\/upgrade\.ts/,
    );
  });

  test.each([
    [
      'openvswitch-switch 3.1.0-2 free',
      'refuse',
      /openvswitch-switch 3.1.0-2 is installed there, and would start a second switch/,
    ],
    ['openvswitch3.3 3.3.0-1.el9 free', 'refuse', /openvswitch3.3/],
    ['openvswitch-switch 3.1.0-2 free', 'mask', /^$/],
    ['openvswitch-switch 3.1.0-2 held', 'hold', /^$/],
    ['python3-openvswitch 3.1.0-2 free', 'refuse', /^$/],
    ['', 'refuse', /^$/],
  ])('beside package "%s", which is to be dealt with by %s', (packages, setting, says) => {
    expect(objections(`packages='${packages}'; ${nothingRuns}`, setting)).toMatch(says);
  });

  test('becomes the one in use by one link, and tools of others stay what they are', () => {
    host.write('/usr/local/bin/ovs-vsctl', 'of somebody else');
    expect(sh('ovs_current').stdout).toBe('none\n');
    expect(sh('ovs_make_current 3.5.0-0a && ovs_current').stdout).toBe('3.5.0-0a\n');
    expect(host.read('/usr/local/bin/ovs-vsctl')).toBe('of somebody else');
    expect(sh(`readlink '${host.root}/usr/local/bin/ovs-ofctl'`).stdout).toBe(
      '/opt/ovsfleet/ovs/current/bin/ovs-ofctl\n',
    );
    expect(sh('ovs_make_current 3.5.1-0b && ovs_current').stdout).toBe('3.5.1-0b\n');
    sh(`rm '${host.root}/usr/local/bin/ovs-ofctl'`);
    expect(sh('ovs_current').stdout).toBe('3.5.1-0b, without /usr/local/bin/ovs-ofctl\n');
  });

  test('that would leave a controller or a manager by TLS behind is refused, each by its address', () => {
    const targets =
      'case $* in *Controller) printf "tcp:10.0.0.1:6653\\nssl:10.0.0.2:6653\\n" ;; *) echo pssl:6640 ;; esac';
    expect(sh(`ovs__vsctl() { ${targets}; }; ovs_tls_users`).stdout).toMatch(
      /^ssl:10\.0\.0\.2:6653 is a Controller by TLS.*\npssl:6640 is a Manager by TLS.*\n$/,
    );
    expect(sh('ovs__vsctl() { echo tcp:10.0.0.1:6653; }; ovs_tls_users').stdout).toBe('');
  });

  // Hosts with GNU tar alone are installed straight into /usr.
  if (shell !== 'busybox') {
    test('straight into /usr keeps what it replaces, and says when somebody has changed it since', () => {
      stageUsr();
      expect(
        sh(`ovs_build_install '${work}/w' /usr 3.5.0-0a 3.5.0 && ovs_build_pack '${work}/w' /usr '${work}/a.tar.gz'`)
          .status,
      ).toBe(0);
      host.write('/usr/sbin/ovs-vswitchd', 'of before', 0o700);
      host.write('/usr/sbin/of-others', 'of others');
      expect(sh('ovs_usr_build').stdout).toBe('none\n');
      expect(sh(`ovs_usr_install '${work}/a.tar.gz' 3.5.0-0a && ovs_usr_build`)).toMatchObject({
        status: 0,
        stdout: '3.5.0-0a\n',
      });
      expect(host.read('/usr/sbin/of-others')).toBe('of others');
      const kept = `${host.root}/var/lib/ovsfleet/replaced/3.5.0-0a.tar`;
      expect(sh(`tar -tf '${kept}'`).stdout).toBe('usr/sbin/ovs-vswitchd\n');
      host.write('/usr/sbin/ovs-vswitchd', 'changed');
      expect(sh('ovs_usr_build').stdout).toBe('3.5.0-0a, but files of it are others\n');
      // Installed again, what was there before the first time is still what is kept.
      expect(sh(`ovs_usr_install '${work}/a.tar.gz' 3.5.0-0a && tar -xOf '${kept}' usr/sbin/ovs-vswitchd`).stdout).toBe(
        'of before',
      );
    });
  }

  test("masks a package's units that would start a second switch, each once", () => {
    program(
      'systemctl',
      `echo "systemctl $*" >>'${host.root}/calls.txt'; ln -sf /dev/null '${host.root}/etc/systemd/system/'"$3"`,
    );
    host.write('/lib/systemd/system/openvswitch-switch.service', '');
    expect(sh('ovs_foreign_units').stdout).toMatch(/openvswitch-switch\.service/);
    expect(sh('mkdir -p "$OVS_ROOT/etc/systemd/system"; ovs_mask_foreign_units && ovs_foreign_units').stdout).toMatch(
      /none\n$/,
    );
    expect(sh(`cat '${host.root}/calls.txt'`).stdout).toContain('systemctl mask --now openvswitch-switch.service');
  });
});
