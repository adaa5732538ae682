/**
 * The way back, disturbed where a host's inventory says so: its variable `disturb_at` names the phase before which, and
 * `disturb_by` is the shell text.
 */
import { openstack, ovs, playbook, sh, transaction } from 'ovsfleet';

const way = ovs.wayBack({ run: null, accept_loss: true });

// biome-ignore lint/style/noDefaultExport: a playbook is the default export of its file
export default playbook({
  title: 'Go back, disturbed',
  params: {},
  plays: [
    {
      title: 'Go back',
      hosts: 'hypervisors',
      rollout: { stopAfterFailures: '100%' },
      preflight: () => ovs.rollbackRefused(way),
      steps: ({ facts, host }) => {
        const { disturb_at: at, disturb_by: by } = host.vars;
        const step = ovs.rolledBack(way);
        const phases = step.phases.flatMap((phase) =>
          phase.title === at ? [{ title: 'test: disturbed', run: sh`sh -c ${String(by)}` }, phase] : [phase],
        );
        return transaction(
          'go back',
          { confirm: '90s', deadline: '5m' },
          openstack.agentHeld(facts, ovs.forwardingUnchangedGoingBack(way, { ...step, phases })),
        );
      },
    },
  ],
});
