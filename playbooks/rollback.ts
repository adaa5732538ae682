/**
 * Takes hypervisors back to the release that their last swap replaced, as the downgrade that it mostly is: the database is
 * converted down, and what the earlier release does not know is listed beforehand and refused. Each host undoes the way back
 * by itself, that is, goes forward again, unless everything reads as before.
 */
import { openstack, ovs, param, playbook, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Go back to the release before',
  params: {
    run: param.run('take back what this run swapped; without it, the last swap of every hypervisor'),
    accept_loss: param.boolean('let go what the earlier release cannot keep in its database', { default: false }),
    waves: param.shares('how many hosts have been taken back after each wave', { default: [1, '10%', '50%', '100%'] }),
    concurrency: param.count('hosts taken back at a time', { default: 4 }),
    stop_after: param.share('failed hosts after which no new one starts', { default: 1 }),
    pause: param.duration('to wait between waves', { default: '0s' }),
    canary: param.string('pattern of the hosts that are taken back first', { default: '' }),
    spread: param.string('variable of hosts, such as rack: never two of one rack at a time', { default: '' }),
    window: param.string("when hosts may be taken back: 'tue,wed 01:00-05:00 Europe/Paris'", { default: '' }),
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
  },
  plays: [
    {
      title: 'Go back, a few at a time',
      hosts: ({ run }) => run?.hosts.join(',') ?? 'hypervisors',
      rollout: (params) => ({
        waves: params.waves,
        concurrency: params.concurrency,
        stopAfterFailures: params.stop_after,
        pause: params.pause,
        canary: params.canary,
        spread: params.spread,
        window: params.window,
      }),
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
