/**
 * Upgrades Open vSwitch on running hypervisors: compiled once for each platform, staged everywhere while nothing stops,
 * then swapped a few hosts at a time. Each host undoes its swap by itself unless everything reads as before.
 */
import { buildersFor, openstack, ovs, param, playbook, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Upgrade Open vSwitch',
  params: {
    ...ovs.releaseParams,
    waves: param.shares('how many hosts have been swapped after each wave', { default: [1, '10%', '50%', '100%'] }),
    concurrency: param.count('hosts swapped at a time', { default: 4 }),
    stop_after: param.share('failed hosts after which no new one starts', { default: 1 }),
    pause: param.duration('to wait between waves', { default: '0s' }),
    canary: param.string('pattern of the hosts that are swapped first', { default: '' }),
    spread: param.string('variable of hosts, such as rack: never two of one rack at a time', { default: '' }),
    window: param.string("when hosts may be swapped: 'tue,wed 01:00-05:00 Europe/Paris'", { default: '' }),
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
      rollout: (params) => ({
        waves: params.waves,
        concurrency: params.concurrency,
        stopAfterFailures: params.stop_after,
        pause: params.pause,
        canary: params.canary,
        spread: params.spread,
        window: params.window,
      }),
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
