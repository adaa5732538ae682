import type { Facts } from '../model/facts.ts';
import { inPhases, type Node, type Preflight, type Step, step, unchanged } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import type { BuildParams } from './build-params.ts';
import { withUsr } from './libraries.ts';
import { readRunning, runningAsWanted } from './read-running.ts';
import { runtime } from './tools.ts';

const archiveOf = (build: Build): string => `/var/cache/ovsfleet/artifacts/${build.id}.tar.gz`;
const kept = 'bridges, ports, rows of the database, system-id';
const cutOff = 'guests are cut off meanwhile, and flows are NOT kept';

/** The files of a build for /usr are on the host, or in their places already. */
const archiveForUsr = (build: Build): Step => {
  const archive = archiveOf(build);
  return step(`build ${build.id} for /usr is there`, {
    sends: [{ from: { artifact: build.id }, remote: archive }],
    read: withUsr(sh`ovs_usr_ready ${archive} ${build.id}`),
    want: 'yes',
    make: sh`[ -e ${archive} ]`,
  });
};

const exchanged = (direction: 'forward' | 'back') =>
  inPhases(
    { title: 'stop the daemons', run: withUsr(sh`ovs_cold_stop`) },
    { title: 'convert the database', run: withUsr(sh`ovs_cold_database "$TX/in-usr/stage/usr" convert`) },
    { title: 'put the files in place', run: withUsr(sh`ovs_usr_place ${direction}`) },
    { title: 'start the daemons', run: withUsr(sh`ovs_cold_start found`) },
    { title: 'verify the switch', run: withUsr(sh`ovs_usr_verify`) },
  );
const undo = withUsr(sh`ovs_usr_undo "$tx_rebooted"`);
const end = withUsr(sh`ovs_usr_end`);
const read = withUsr(sh`ovs_cold_kept rows`);

/** What has to be on a host before its release in /usr is exchanged. */
export const readyForUsr = (build: Build, params: BuildParams, facts: Facts): readonly Node[] => [
  ...runtime(params, facts),
  archiveForUsr(build),
];

/** A build lies in /usr itself and runs from there, in the place of the one that `make install` put there. Inside a transaction. */
export const runningInUsr = (build: Build): Node =>
  unchanged(
    kept,
    { read, save: withUsr(sh`ovs_usr_capture ${archiveOf(build)}`), end },
    step('running from /usr', {
      read: withUsr(sh`
        there=$(ovs_usr_build)
        printf 'build=%s\n' "$there"
        if [ "$there" = ${build.id} ]; then
          ${readRunning(build)}
        else
          ovs_running | sed 's/^schema=/database=schema /'
        fi | sed '/^build=/d'
      `),
      want: runningAsWanted(build),
      note: cutOff,
      make: exchanged('forward'),
      undo,
    }),
  );

/** What the build in /usr replaced lies there again, byte for byte, and runs. Inside a transaction. */
export const backInUsr = (): Node =>
  unchanged(
    kept,
    { read, save: withUsr(sh`ovs_usr_capture_back`), end },
    step('what lay in /usr before', {
      read: withUsr(sh`ovs_usr_back`),
      want: { release: 'the one before', runs: 'yes' },
      note: cutOff,
      make: exchanged('back'),
      undo,
    }),
  );

/** Why that cannot be put back, and what the database would lose. */
export const backInUsrRefused = (): readonly Preflight[] => [
  {
    title: 'the way back',
    refuses: withUsr(sh`ovs_usr_back_objections`),
    remedy: 'clear it yourself with ovs-vsctl, or leave this host out with --limit',
  },
];
