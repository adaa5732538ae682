/**
 * Says of each hypervisor whether its Open vSwitch is as it should be: the wanted release, under its owner, harmless to
 * restart, no restore left half-way, no errors in its logs, the agent at work, its guest answering where the inventory says
 * from where to ask (probe_from, probe_to). Only reads. Exit 0: all are; 1: some are not, told in sentences.
 */
import { openstack, ovs, param, playbook } from 'ovsfleet';

export default playbook({
  title: 'Verify Open vSwitch',
  params: {
    version: param.version('release that must run; whichever runs when it is not given', { default: '' }),
    tools: param.oneOf(
      "whether programs of another release on a login's PATH are a fault (same) or only told (any)",
      ['any', 'same'],
      {
        default: 'any',
      },
    ),
  },
  plays: [
    {
      title: 'Verify',
      hosts: 'hypervisors',
      rollout: { concurrency: 20, stopAfterFailures: '100%' },
      preflight: ({ params }) => (params.tools === 'same' ? [] : [ovs.otherTools()]),
      steps: ({ params, facts, host }) => [
        ovs.conforms({ release: params.version, tools: params.tools, also: openstack.agentComplaints(facts) }),
        ...ovs.guestAnswers(host),
      ],
    },
  ],
});
