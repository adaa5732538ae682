import type { Facts } from '../model/facts.ts';
import { group, type Node, type Note, type Preflight, param, step, verify } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { type Build, buildIn } from './build.ts';
import type { BuildParams } from './build-params.ts';
import { layoutIn } from './layout.ts';
import { withInstall } from './libraries.ts';
import { readRunning, runningAsWanted } from './read-running.ts';
import { unpacked } from './staged.ts';
import { runtime } from './tools.ts';
import { currentScripts, units, unitsRun } from './units.ts';

/** How a host that has no Open vSwitch gets one. */
export const installParams = {
  sysconfdir: param.string('directory of its configuration and database', { default: '/etc' }),
  localstatedir: param.string('directory of its sockets and logs', { default: '/var' }),
  where: param.oneOf(
    'a directory of its own, which the next release stands beside; or /usr itself, over a release that was installed there by hand',
    ['side-by-side', 'usr'],
    { default: 'side-by-side' },
  ),
  owner: param.oneOf(
    'who starts the daemons: units of systemd that are written, or nobody but ovs-ctl',
    ['units', 'bare'],
    {
      default: 'units',
    },
  ),
  package: param.oneOf(
    "what becomes of a package's Open vSwitch that lies idle: the host is refused; its units are masked; it is held as well",
    ['refuse', 'mask', 'hold'],
    { default: 'refuse' },
  ),
};

export interface InstallParams extends BuildParams {
  readonly sysconfdir: string;
  readonly localstatedir: string;
  readonly where: 'side-by-side' | 'usr';
  readonly owner: 'units' | 'bare';
  readonly package: 'refuse' | 'mask' | 'hold';
}

/** The build of a host that has none yet: its layout is said, not found. It is the same once it runs there. */
export const installBuild = (params: InstallParams, facts: Facts, host?: string): Build =>
  buildIn(
    layoutIn(params.sysconfdir, params.localstatedir),
    params,
    facts,
    host,
    params.where === 'usr' ? '/usr' : 'own directory',
  );

const idle = (build: Build): Note => ({
  title: 'other releases',
  notes: withInstall(sh`ovs_idle_installs ${build.id}`),
  remedy: 'remove it, or see that nothing starts it',
  of: 'pending',
});

/** Why a release may not be put there as a fresh one. */
export const installRefused = (build: Build, params: InstallParams): readonly Preflight[] => [
  {
    title: 'a fresh installation',
    refuses: withInstall(sh`ovs_install_objections ${build.id} ${build.version} ${params.where} ${params.package}`),
    remedy: 'mend that, or leave this host out with --limit',
  },
  ...(params.where === 'usr' ? [] : [idle(build)]),
];

const quiet = (params: InstallParams): readonly Node[] => {
  if (params.package === 'refuse') return [];
  const masked = step("a package's own switch is masked", {
    read: withInstall(sh`ovs_foreign_units`),
    want: 'none',
    make: withInstall(sh`ovs_mask_foreign_units`),
  });
  const held = step("a package's own switch is held", {
    read: withInstall(sh`ovs_unheld_packages`),
    want: 'none',
    make: withInstall(sh`ovs_hold_packages`),
  });
  return params.package === 'hold' ? [masked, held] : [masked];
};

/** Made of the kernel's own random numbers: ovs-ctl would need uuidgen, and without it blanks the id and says all is well. */
const identified = ({ sysconfdir }: InstallParams): Node => {
  const file = `${sysconfdir}/openvswitch/system-id.conf`;
  return step('the host has a system id', {
    read: sh`if [ -s ${file} ]; then echo yes; else echo no; fi`,
    want: 'yes',
    make: withInstall(sh`ovs__put ${file} </proc/sys/kernel/random/uuid`),
  });
};

/** A build in a directory of its own is known by its id; of one in /usr the daemons only tell the release. */
const buildOfDaemons = (build: Build, { where }: InstallParams): string => (where === 'usr' ? 'found' : build.id);

const started = (build: Build, params: InstallParams): readonly Node[] => {
  if (params.owner === 'units') {
    const scripts = params.where === 'usr' ? '/usr/share/openvswitch/scripts' : currentScripts;
    return [group('units', ...units(layoutIn(params.sysconfdir, params.localstatedir), scripts)), unitsRun()];
  }
  return [
    step('the daemons run', {
      read: withInstall(sh`ovs_running | sed -n 's/^build=//p'`),
      want: buildOfDaemons(build, params),
      make: withInstall(sh`ovs_start_bare ${build.prefix}`),
      within: '30s',
      note: 'nothing starts them at boot',
    }),
  ];
};

const placed = (build: Build, params: InstallParams): readonly Node[] => {
  if (params.where === 'usr') {
    const archive = `/var/cache/ovsfleet/artifacts/${build.id}.tar.gz`;
    return [
      step(`build ${build.id} is in /usr`, {
        sends: [{ from: { artifact: build.id }, remote: archive }],
        read: withInstall(sh`ovs_usr_build`),
        want: build.id,
        make: withInstall(sh`ovs_usr_install ${archive} ${build.id} && rm -f ${archive}`),
        note: `the files that it replaces are kept in /var/lib/ovsfleet/replaced/${build.id}.tar`,
      }),
    ];
  }
  return [
    unpacked(build),
    step(`build ${build.id} is the one in use`, {
      read: withInstall(sh`ovs_current`),
      want: build.id,
      make: withInstall(sh`ovs_make_current ${build.id}`),
    }),
  ];
};

/** A release in its own directory, used by one link, or in /usr; started and proven. */
export const installed = (build: Build, params: InstallParams, facts: Facts): readonly Node[] => [
  ...runtime(params, facts),
  ...quiet(params),
  ...placed(build, params),
  identified(params),
  ...started(build, params),
  verify('the daemons run this release', {
    read: readRunning(build),
    want: { ...runningAsWanted(build), build: buildOfDaemons(build, params) },
    within: '60s',
  }),
];
