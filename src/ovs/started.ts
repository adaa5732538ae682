import { inPhases, type Preflight, type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { withOvs } from './libraries.ts';

const withStart = (script: Script): Script => using(['ovs-start'], withOvs(script));

export interface StartOptions {
  /** Who starts them: the host's units, the release's ovs-ctl, each command by itself; `auto`: units where there are any. */
  readonly by: 'auto' | 'systemd' | 'ovs-ctl' | 'by-hand';
  readonly daemons: 'both' | 'database' | 'switch';
  /** The system id that the host shall have; '' for the one that it has, or a new one where it never had any. */
  readonly systemId: string;
}

/**
 * The daemons run and answer, and the host has its system id, in the database and in system-id.conf: a start without one
 * would empty it. What was started is proven by a bridge and a port, made and taken away.
 */
export const started = ({ by, daemons, systemId }: StartOptions): Step =>
  step('Open vSwitch runs', {
    read: withStart(sh`ovs_daemons_started ${daemons} ${systemId}`),
    want: {
      ...(daemons === 'switch' ? {} : { 'ovsdb-server': 'runs' }),
      ...(daemons === 'database' ? {} : { 'ovs-vswitchd': 'runs' }),
      'system-id': 'set',
    },
    make: inPhases(
      { title: 'start', run: withStart(sh`ovs_start ${by} ${daemons} ${systemId}`) },
      { title: 'prove by a bridge', run: withStart(sh`ovs_start_proof`) },
    ),
    within: '30s',
    limit: '15m',
  });

/** Why the daemons of a host cannot be started so; said at plan time. */
export const startRefused = ({ by }: StartOptions): readonly Preflight[] => [
  {
    title: 'start',
    refuses: withStart(sh`ovs_start_objections ${by}`),
    remedy: 'mend that first, or leave this host out with --limit',
  },
];
