/**
 * Restarts the daemons of Open vSwitch where they need it, a few hosts at a time, and keeps the flows: where their programs
 * were replaced since they started, where the host's units name another release than the one that runs, or, with `since`,
 * where they have run from before that time. Each host undoes it by itself unless everything reads as before.
 */
import { openstack, ovs, param, playbook, rolloutOf, rolloutParams, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Restart Open vSwitch',
  params: {
    since: param.string('restart what was started before this time, e.g. 2026-11-22T13:00:00Z', { default: '' }),
    ...rolloutParams,
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
  },
  plays: [
    {
      title: 'Restart, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: () => ovs.restartRefused(),
      steps: ({ params, facts }) =>
        trafficWatched(
          { maxGap: params.max_gap },
          transaction(
            'restart',
            { confirm: '90s', deadline: '5m' },
            openstack.agentHeld(facts, ovs.restarted({ since: params.since })),
          ),
          ...openstack.agentAlive(facts),
        ),
    },
  ],
});
