/**
 * Restarts the daemons of Open vSwitch where they need it, a few hosts at a time, and keeps the flows: where their programs
 * were replaced since they started, where the host's units name another release than the one that runs, or, with `since`,
 * where they have run from before that time. Each host undoes it by itself unless everything reads as before.
 */
import { openstack, ovs, param, playbook, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Restart Open vSwitch',
  params: {
    since: param.string('restart what was started before this time, e.g. 2026-11-22T13:00:00Z', { default: '' }),
    waves: param.shares('how many hosts have been restarted after each wave', { default: [1, '10%', '50%', '100%'] }),
    concurrency: param.count('hosts restarted at a time', { default: 4 }),
    stop_after: param.share('failed hosts after which no new one starts', { default: 1 }),
    pause: param.duration('to wait between waves', { default: '0s' }),
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '5s' }),
  },
  plays: [
    {
      title: 'Restart, a few at a time',
      hosts: 'hypervisors',
      rollout: (params) => ({
        waves: params.waves,
        concurrency: params.concurrency,
        stopAfterFailures: params.stop_after,
        pause: params.pause,
      }),
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
