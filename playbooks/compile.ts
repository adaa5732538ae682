/**
 * Compiles what a fleet needs, once for each platform, and keeps it in the controller's store: no hypervisor is changed.
 * For hosts whose Open vSwitch runs, in their own layout; for others in the layout that is said.
 */
import { ovs, playbook } from 'ovsfleet';

export default playbook({
  title: 'Compile Open vSwitch',
  params: { ...ovs.releaseParams, ...ovs.installParams },
  plays: [
    {
      title: 'Build once for each platform',
      hosts: ovs.builders,
      preflight: ({ params, facts }) => ovs.buildable(params, facts),
      builds: ({ params, facts, host }) => {
        const build =
          facts.ovs === null ? ovs.installBuild(params, facts, host.name) : ovs.build(params, facts, host.name);
        return ovs.artifact(build, ...ovs.buildTools(build, params, facts));
      },
    },
  ],
});
