/**
 * Upgrades Open vSwitch on running hypervisors: compiled once for each platform, staged everywhere while nothing stops,
 * then swapped a few hosts at a time. Each host undoes its swap by itself unless everything reads as before.
 */
import { openstack, ovs, param, playbook, rolloutOf, rolloutParams, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Upgrade Open vSwitch',
  params: {
    ...ovs.releaseParams,
    ...ovs.upgradeModuleParams,
    ...rolloutParams,
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
    deadline: param.duration('after which a host undoes a swap that is not done', { default: '5m' }),
    allow_disruption: param.boolean('swap hosts too that cannot keep their traffic', { default: false }),
  },
  plays: [
    {
      title: 'Build once for each platform',
      hosts: ovs.builders,
      preflight: ({ params, facts }) => ovs.buildable(params, facts),
      builds: ({ params, facts, host }) => {
        const build = ovs.build(params, facts, host.name);
        return [
          ovs.artifact(build, ...ovs.buildTools(build, params, facts)),
          ...ovs.upgradeModuleArtifacts(params, facts),
        ];
      },
    },
    {
      title: 'Stage everywhere',
      hosts: 'hypervisors',
      rollout: { concurrency: 20, stopAfterFailures: '10%' },
      preflight: ({ params, facts }) => ovs.compatible(params, facts),
      steps: ({ params, facts, host }) => ovs.staged(ovs.build(params, facts, host.name)),
    },
    {
      title: 'Swap, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params, facts, host }) => [
        ...ovs.hotUpgradeRefused(ovs.build(params, facts, host.name), {
          allowDisruption: params.allow_disruption,
          module: params.module === 'in-tree' ? 'exchanged' : 'kept',
        }),
        ...ovs.upgradeModuleRefused(params, facts),
      ],
      steps: ({ params, facts, host }) => {
        const build = ovs.build(params, facts, host.name);
        return [
          ...ovs.upgradeModuleFiles(params, facts),
          trafficWatched(
            { maxGap: params.max_gap },
            transaction(
              'swap',
              { confirm: '90s', deadline: params.deadline },
              openstack.agentHeld(facts, ovs.upgraded(build, params, facts)),
            ),
            ...openstack.agentAlive(facts),
          ),
        ];
      },
    },
  ],
});
