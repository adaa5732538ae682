import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const fixtures = here('../../fixtures/ovs');
const templates = here('../../../templates/host');

export const libraries = [
  'ovs-base',
  'ovs-layout',
  'ovs-release',
  'ovs-forwarding',
  'ovs-owner',
  'ovs-swap',
  'ovs-history',
  'ovs-health',
  'ovs-downgrade',
  'ovs-module',
  'ovs-module-install',
  'ovs-module-boot',
  'ovs-module-build',
  'ovs-interfaces',
  'ovs-module-swap',
  'ovs-start',
  'ovs-build-facts',
  'ovs-build',
  'ovs-deps',
  'ovs-install',
  'ovs-usr',
  'openstack-agent',
];

export const libraryFile = (name: string): string => join(templates, `${name}.sh`);

/** The shells that a hypervisor's /bin/sh may be. */
export const shells = [
  { shell: 'dash', command: ['dash'] },
  { shell: 'bash', command: ['bash', '--posix'] },
  { shell: 'busybox', command: ['busybox', 'sh'] },
] as const;

export interface Daemon {
  readonly pid: number;
  readonly exe: string;
  readonly unit: string;
  readonly words: readonly string[];
  readonly container?: boolean;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeHost {
  readonly root: string;
  readonly write: (path: string, text: string, mode?: number) => void;
  readonly read: (path: string) => string;
  readonly daemon: (name: string, daemon: Daemon) => void;
  /** What the fake systemctl knows: lines `UNIT PROPERTY=VALUE`. */
  readonly units: (...lines: readonly string[]) => void;
  readonly unitFiles: (folder: string) => void;
  /** The fake tools in this directory print what the real ones once printed. */
  readonly tools: (bin: string, recording: string) => void;
  readonly calls: () => readonly string[];
  /** Runs a script after all libraries, in the given shell. */
  readonly sh: (command: readonly string[], script: string, env?: Readonly<Record<string, string>>) => Run;
  readonly remove: () => void;
}

const vswitchdWords = (rundir: string): readonly string[] => [
  'ovs-vswitchd',
  `unix:${rundir}/db.sock`,
  '--mlockall',
  '--log-file=/var/log/openvswitch/ovs-vswitchd.log',
  `--pidfile=${rundir}/ovs-vswitchd.pid`,
  '--detach',
];

const serverWords = (rundir: string, db: string): readonly string[] => [
  'ovsdb-server',
  db,
  `--remote=punix:${rundir}/db.sock`,
  '--private-key=db:Open_vSwitch,SSL,private_key',
  `--pidfile=${rundir}/ovsdb-server.pid`,
  '--detach',
];

/** A directory that the libraries take for a host's root: made-up processes, fake tools, a fake systemctl. */
export const fakeHost = (): FakeHost => {
  const root = mkdtempSync(join(tmpdir(), 'ovs-host-'));
  const at = (path: string): string => join(root, path);
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
    chmodSync(at(path), mode);
  };
  write('fake/calls', '');
  write('fake/units', '');
  write('fake/recording', '');
  write('proc/self/stat', '');
  write('proc/sys/kernel/random/boot_id', 'a-boot\n');
  mkdirSync(at('proc/self/ns'), { recursive: true });
  symlinkSync('pid:[1]', at('proc/self/ns/pid'));
  mkdirSync(at('run/systemd/system'), { recursive: true });
  cpSync(join(fixtures, 'fake-systemctl.sh'), at('fake/bin/systemctl'));

  return {
    root,
    write,
    read: (path) => readFileSync(at(path), 'utf8'),
    daemon: (name, { pid, exe, unit, words, container = false }) => {
      const proc = `proc/${pid}`;
      write(`${proc}/comm`, `${name}\n`);
      write(`${proc}/cmdline`, `${words.join('\0')}\0`);
      write(`${proc}/cgroup`, `5:devices:/\n1:name=systemd:/system.slice/${unit}\n0::/system.slice/${unit}\n`);
      write(`${proc}/stat`, `${pid} (${name}) S 1 ${'0 '.repeat(17)}4711 0\n`);
      mkdirSync(at(`${proc}/ns`), { recursive: true });
      symlinkSync(container ? 'pid:[2]' : 'pid:[1]', at(`${proc}/ns/pid`));
      symlinkSync(exe, at(`${proc}/exe`));
      const pidfile = words.find((word) => word.startsWith('--pidfile='))?.slice('--pidfile='.length);
      if (pidfile !== undefined && !container) write(pidfile, `${pid}\n`);
    },
    units: (...lines) => write('fake/units', `${lines.join('\n')}\n`),
    unitFiles: (folder) => cpSync(join(fixtures, folder), at('fake/unit-files'), { recursive: true }),
    tools: (bin, recording) => {
      for (const tool of ['ovs-vsctl', 'ovs-ofctl', 'ovs-appctl', 'ovsdb-client', 'ovsdb-tool'])
        cpSync(join(fixtures, 'fake-ovs-tool.sh'), at(`${bin}/${tool}`));
      cpSync(join(fixtures, recording), at('fake/recording'));
    },
    calls: () => readFileSync(at('fake/calls'), 'utf8').split('\n').slice(0, -1),
    sh: (command, script, env = {}) => {
      const [program = 'sh', ...args] = command;
      const source = libraries.map((name) => `. '${libraryFile(name)}'`).join('\n');
      const { status, stdout, stderr, error } = spawnSync(program, [...args, '-c', `${source}\n${script}`], {
        encoding: 'utf8',
        // bash takes a socket for a remote login and reads the start files of the user
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 50_000,
        env: {
          PATH: `${at('fake/bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
          OVS_ROOT: root,
          FAKE_UNITS: at('fake/units'),
          FAKE_UNIT_FILES: at('fake/unit-files'),
          FAKE_RECORDING: at('fake/recording'),
          FAKE_CALLS: at('fake/calls'),
          ...env,
        },
      });
      if (error !== undefined) throw error;
      return { status, stdout: stdout.replaceAll(root, ''), stderr: stderr.replaceAll(root, '') };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};

/** The found release under Debian's units, as its packages leave it. */
export const debianHost = (recording = 'debian-3.1.0.recording'): FakeHost => {
  const host = fakeHost();
  const rundir = '/var/run/openvswitch';
  host.daemon('ovsdb-server', {
    pid: 101,
    exe: '/usr/sbin/ovsdb-server',
    unit: 'ovsdb-server.service',
    words: serverWords(rundir, '/etc/openvswitch/conf.db'),
  });
  host.daemon('ovs-vswitchd', {
    pid: 102,
    exe: '/usr/lib/openvswitch-switch/ovs-vswitchd',
    unit: 'ovs-vswitchd.service',
    words: vswitchdWords(rundir),
  });
  host.units(
    'ovs-vswitchd.service LoadState=loaded',
    'openvswitch-switch.service LoadState=loaded',
    'ovs-vswitchd.service FragmentPath=/lib/systemd/system/ovs-vswitchd.service',
    ...['ovsdb-server', 'ovs-vswitchd', 'openvswitch-switch'].map((unit) => `${unit}.service ActiveState=active`),
    'ovsdb-server.service MainPID=101',
    'ovs-vswitchd.service MainPID=102',
  );
  host.unitFiles('units-debian');
  host.write(
    'lib/systemd/system/ovs-vswitchd.service',
    readFileSync(join(fixtures, 'units-debian/ovs-vswitchd.service'), 'utf8'),
  );
  host.write('etc/openvswitch/conf.db', 'a database');
  host.write('etc/openvswitch/system-id.conf', 'b64432d5-c893-48c4-b00c-bba98275eb40\n');
  host.tools('usr/bin', recording);
  return host;
};

/** The found release by `make install`, started by hand or by rc.local. */
export const bareHost = (unit = 'rc-local.service'): FakeHost => {
  const host = fakeHost();
  const rundir = '/usr/local/var/run/openvswitch';
  host.daemon('ovsdb-server', {
    pid: 201,
    exe: '/usr/local/sbin/ovsdb-server',
    unit,
    words: [...serverWords(rundir, '/usr/local/etc/openvswitch/conf.db'), '--monitor'],
  });
  host.daemon('ovs-vswitchd', {
    pid: 202,
    exe: '/usr/local/sbin/ovs-vswitchd',
    unit,
    words: [...vswitchdWords(rundir).map((word) => word.replace('/var/log', '/usr/local/var/log')), '--monitor'],
  });
  host.units('ovs-vswitchd.service LoadState=not-found');
  host.write('usr/local/etc/openvswitch/conf.db', 'a database');
  host.write('usr/local/share/openvswitch/scripts/ovs-ctl', '#!/bin/sh\n', 0o755);
  host.tools('usr/local/bin', 'debian-3.1.0.recording');
  return host;
};

/** As `installed` with `owner=bare` leaves a host that had no Open vSwitch: a release in a directory of its own, owned by no unit. */
export const ownDirectoryHost = (): FakeHost => {
  const host = bareHost();
  host.write('opt/ovsfleet/ovs/3.5.0-1/share/openvswitch/scripts/ovs-ctl', '#!/bin/sh\n', 0o755);
  host.tools('opt/ovsfleet/ovs/3.5.0-1/bin', 'debian-3.5.0.recording');
  host.sh(
    ['sh'],
    `ln -s 3.5.0-1 "$OVS_ROOT/opt/ovsfleet/ovs/current"
     rm -r "$OVS_ROOT/usr/local/share" && cd "$OVS_ROOT/proc" && rm */exe && for pid in [0-9]*; do
       ln -s "/opt/ovsfleet/ovs/3.5.0-1/sbin/$(cat "$pid/comm")" "$pid/exe"
     done`,
  );
  return host;
};
