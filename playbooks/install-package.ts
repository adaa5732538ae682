/** Installs the Open vSwitch that a distribution packages, from wherever its hosts take packages, and starts it. */
import { ovs, param, playbook, rolloutOf, rolloutParams } from 'ovsfleet';

export default playbook({
  title: "Install a distribution's Open vSwitch",
  params: {
    package_name: param.string('where it is not called as usual, e.g. openvswitch3.3', { default: '' }),
    package_version: param.string('such as 3.1.0-2, or 3.1.*; the newest unless told', { default: '' }),
    ...rolloutParams,
  },
  plays: [
    {
      title: 'Install and start',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      steps: ({ params, facts }) => [
        ...ovs.packaged(params.package_name, params.package_version, facts),
        ovs.conforms({ release: '', tools: 'any' }),
      ],
    },
  ],
});
