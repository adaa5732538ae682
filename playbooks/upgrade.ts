/**
 * Upgrades Open vSwitch on running hypervisors: compiled once for each platform, staged everywhere while nothing stops,
 * then swapped a few hosts at a time. Each host undoes its swap by itself unless everything reads as before.
 */
import {
  buildersFor,
  openstack,
  ovs,
  param,
  playbook,
  rolloutOf,
  rolloutParams,
  trafficWatched,
  transaction,
} from 'ovsfleet';

export default playbook({
  title: 'Upgrade Open vSwitch',
  params: {
    ...ovs.releaseParams,
    ...rolloutParams,
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
    allow_disruption: param.boolean('swap hosts too that cannot keep their traffic', { default: false }),
  },
  plays: [
    {
      title: 'Build once for each platform',
      hosts: buildersFor('hypervisors'),
      builds: ({ params, facts }) => ovs.artifact(ovs.build(params, facts)),
    },
    {
      title: 'Stage everywhere',
      hosts: 'hypervisors',
      rollout: { concurrency: 20, stopAfterFailures: '10%' },
      steps: ({ params, facts }) => ovs.staged(ovs.build(params, facts)),
    },
    {
      title: 'Swap, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params, facts }) =>
        ovs.hotUpgradeRefused(ovs.build(params, facts), { allowDisruption: params.allow_disruption }),
      steps: ({ params, facts }) => {
        const build = ovs.build(params, facts);
        return trafficWatched(
          { maxGap: params.max_gap },
          transaction(
            'swap',
            { confirm: '90s', deadline: '5m' },
            openstack.agentHeld(facts, ovs.forwardingUnchanged(build, ovs.running(build))),
          ),
          ...openstack.agentAlive(facts),
        );
      },
    },
  ],
});
