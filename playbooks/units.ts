/**
 * Gives the daemons of hosts that no unit owns units of systemd: they are stopped and started once, so guests are cut off
 * for as long, and flows are NOT kept. For releases that `make install` put there.
 */
import { openstack, ovs, playbook, rolloutOf, rolloutParams, transaction } from 'ovsfleet';

export default playbook({
  title: 'Put bare daemons under units',
  params: { ...rolloutParams },
  plays: [
    {
      title: 'Units',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: () => ovs.unitsRefused(),
      steps: ({ facts }) => [
        transaction('units', { confirm: '90s', deadline: '5m' }, openstack.agentHeld(facts, ovs.underUnits(facts))),
        ...openstack.agentAlive(facts),
      ],
    },
  ],
});
