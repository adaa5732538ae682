/**
 * Starts Open vSwitch where it does not run: under the host's units where it has any, else by the release's own ovs-ctl; or
 * each daemon by its own command. The host keeps its system id, or gets one. What was started is proven by a bridge and a
 * port that are made and taken away again. A host where all runs and answers is left alone.
 */
import { ovs, param, playbook } from 'ovsfleet';

export default playbook({
  title: 'Start Open vSwitch',
  params: {
    by: param.oneOf(
      "who starts the daemons: the host's units (systemd), the release's script (ovs-ctl), each by its own command (by-hand)",
      ['auto', 'systemd', 'ovs-ctl', 'by-hand'],
      { default: 'auto' },
    ),
    daemons: param.oneOf('which of the two', ['both', 'database', 'switch'], { default: 'both' }),
    system_id: param.string('system id that the host shall have; kept or made when it is not given', { default: '' }),
    concurrency: param.count('hosts at a time', { default: 20 }),
  },
  plays: [
    {
      title: 'Start',
      hosts: 'hypervisors',
      rollout: (params) => ({ concurrency: params.concurrency, stopAfterFailures: '10%' }),
      preflight: ({ params }) =>
        ovs.startRefused({ by: params.by, daemons: params.daemons, systemId: params.system_id }),
      steps: ({ params }) => ovs.started({ by: params.by, daemons: params.daemons, systemId: params.system_id }),
    },
  ],
});
