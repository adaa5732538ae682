import { inPhases, type Node, type Preflight, type Step, step, type Unchanged, unchanged } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';
import { wayIn, withPreflight } from './preflight.ts';
import { readRunning, runningAsWanted } from './read-running.ts';

/** What becomes of the database: the one that is there, converted; or a new one, without bridges. */
export type ColdDatabase = 'convert' | 'new';

const withCold = (script: Script): Script => using(['ovs-cold'], withOvs(script));

const notKept = {
  convert: 'flows, groups and meters are NOT kept: bridges and ports are, whoever programs them must do so again',
  new: 'NOTHING is kept: bridges, ports and flows must be made again; the database of before stays beside the new one',
} as const;

/** The daemons run this build, exchanged while both are stopped: guests are cut off, and flows are gone. */
export const runningCold = (build: Build, database: ColdDatabase): Step =>
  step('running', {
    read: readRunning(build),
    want: runningAsWanted(build),
    note: notKept[database],
    make: inPhases(
      { title: 'switch the release', run: withCold(sh`ovs_switch_release ${build.prefix}`) },
      { title: 'stop the daemons', run: withCold(sh`ovs_cold_stop`) },
      {
        title: database === 'convert' ? 'convert the database' : 'make a new database',
        run: withCold(sh`ovs_cold_database ${build.prefix} ${database}`),
      },
      { title: 'start the daemons', run: withCold(sh`ovs_cold_start ${build.prefix}`) },
      { title: 'verify the switch', run: withCold(sh`ovs_cold_verify ${build.prefix}`) },
    ),
    undo: withCold(sh`ovs_cold_undo "$tx_rebooted"`),
  });

/** Who the host is, and with a converted database its bridges, ports and rows, read after the body as before it. */
export const identityUnchanged = (build: Build, database: ColdDatabase, ...nodes: readonly Node[]): Unchanged =>
  unchanged(
    database === 'convert' ? 'bridges, ports, rows of the database, system-id' : 'system-id',
    {
      read: withCold(sh`ovs_cold_kept ${database === 'convert' ? 'rows' : 'ids'}`),
      save: withCold(sh`ovs_cold_capture ${build.prefix}`),
      end: withCold(sh`ovs_finish`),
    },
    ...nodes,
  );

/** Why a host cannot be given this build even with its daemons stopped; and a note where it could be done hot. */
export const coldUpgradeRefused = (build: Build): readonly Preflight[] => [
  {
    title: 'cold upgrade',
    refuses: withCold(sh`ovs_cold_refusals ${build.prefix} | sed '/ is not staged: /d'`),
    remedy: 'leave this host out with --limit',
  },
  {
    title: 'hot upgrade',
    notes: withPreflight(sh`
      [ -n "$(ovs_hot_objections ${build.prefix} ${build.version})" ] ||
        echo 'this host could be upgraded without losing flows'
    `),
    remedy: 'ovsfleet run playbooks/upgrade.ts',
    of: 'pending',
  },
  wayIn,
];
