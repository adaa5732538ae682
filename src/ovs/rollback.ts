import { type EarlierRun, type Node, type Preflight, type Step, step, type Unchanged } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { exchanged, exchangeUndone, forwardingKept } from './exchange.ts';
import { withOvs } from './libraries.ts';
import { wayIn } from './preflight.ts';

const withDowngrade = (script: Script): Script => using(['ovs-preflight', 'ovs-downgrade'], withOvs(script));

export interface WayBack {
  /** The runs whose swaps are taken back; none: the last swap of each host, whosever it was. */
  readonly runs: readonly string[];
  /** Whether what the earlier release's database schema does not know may be lost. */
  readonly loss: 'refuse' | 'accept';
}

/** The way back as parameters of a playbook say it. */
export const wayBack = (params: { readonly run: EarlierRun | null; readonly accept_loss: boolean }): WayBack => ({
  runs: params.run?.runs ?? [],
  loss: params.accept_loss ? 'accept' : 'refuse',
});

/**
 * The daemons are of the release that the last swap of this host replaced: the host knows which that was
 * (/var/lib/ovsfleet/ovs/swaps). Nothing to do where it runs already, or where nothing was swapped.
 */
export const rolledBack = ({ runs }: WayBack): Step =>
  step('the release before', {
    read: withDowngrade(sh`ovs_rolled_back ${runs}`),
    want: { build: 'the one before', release: 'the one before', database: 'the one before' },
    make: exchanged(withDowngrade(sh`"$(ovs_rollback_target)"`)),
    undo: exchangeUndone,
  });

/** Flows, groups, meters, ports, ids and database rows read after the body as they did before it. */
export const forwardingUnchangedGoingBack = ({ runs, loss }: WayBack, ...nodes: readonly Node[]): Unchanged =>
  forwardingKept(withDowngrade(sh`ovs_rollback_capture ${loss} ${runs}`), ...nodes);

/** Why a host cannot be taken back without dropping its traffic, and what its database would lose; said at plan time. */
export const rollbackRefused = ({ runs, loss }: WayBack): readonly Preflight[] => {
  const losses = (which: 'all' | 'lost' | 'failed') => withDowngrade(sh`ovs_rollback_losses ${which} ${runs}`);
  const title = 'what would be lost';
  const wayBackRefused: Preflight = {
    title: 'the way back',
    refuses: withDowngrade(sh`ovs_rollback_objections ${runs}`),
    remedy: 'mend that first, or leave this host out with --limit',
  };
  switch (loss) {
    case 'refuse': {
      const remedy = 'clear it yourself with ovs-vsctl; what would be lost may be let go with -e accept_loss=yes';
      return [wayBackRefused, { title, refuses: losses('all'), remedy }, wayIn];
    }
    case 'accept': {
      const remedy = 'nothing: it was accepted with accept_loss=yes';
      return [
        wayBackRefused,
        { title: 'the conversion', refuses: losses('failed'), remedy: 'clear it yourself with ovs-vsctl' },
        { title, notes: losses('lost'), remedy, of: 'pending' },
        wayIn,
      ];
    }
  }
};
