/**
 * Takes hypervisors back to the release that their last swap replaced, as the downgrade that it mostly is: the database is
 * converted down, and what the earlier release does not know is listed beforehand and refused. Each host undoes the way back
 * by itself, that is, goes forward again, unless everything reads as before.
 */
import { openstack, ovs, param, playbook, rolloutOf, rolloutParams, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Go back to the release before',
  params: {
    run: param.run('take back what this run swapped; without it, the last swap of every hypervisor'),
    accept_loss: param.boolean('let go what the earlier release cannot keep in its database', { default: false }),
    ...rolloutParams,
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
  },
  plays: [
    {
      title: 'Go back, a few at a time',
      hosts: ({ run }) => run?.hosts.join(',') ?? 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params }) => ovs.rollbackRefused(ovs.wayBack(params)),
      steps: ({ params, facts }) => {
        const way = ovs.wayBack(params);
        return trafficWatched(
          { maxGap: params.max_gap },
          transaction(
            'go back',
            { confirm: '90s', deadline: '5m' },
            openstack.agentHeld(facts, ovs.forwardingUnchangedGoingBack(way, ovs.rolledBack(way))),
          ),
          ...openstack.agentAlive(facts),
        );
      },
    },
  ],
});
