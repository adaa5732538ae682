/**
 * Puts back what a release in /usr replaced, which `playbooks/install.ts -e where=usr` kept: every file byte for byte, the
 * database converted to the schema of then. Both daemons are stopped meanwhile: guests are cut off, and flows are NOT kept.
 */
import { openstack, ovs, playbook, rolloutOf, rolloutParams, transaction } from 'ovsfleet';

export default playbook({
  title: 'Put back what lay in /usr',
  params: { ...rolloutParams },
  plays: [
    {
      title: 'Put back, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: () => ovs.backInUsrRefused(),
      steps: ({ facts }) => [
        transaction('put back', { confirm: '90s', deadline: '10m' }, openstack.agentHeld(facts, ovs.backInUsr())),
        ...openstack.agentAlive(facts),
      ],
    },
  ],
});
