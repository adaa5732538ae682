/** What upgrade.ts does before it swaps: the release is built and lies on the hosts; nothing that runs is touched. */
import { buildersFor, ovs, param, playbook } from 'ovsfleet';

// biome-ignore lint/style/noDefaultExport: a playbook is what its file exports by default
export default playbook({
  title: 'Stage a release of Open vSwitch',
  params: {
    version: param.version('release to stage'),
    source: param.file("the release's tarball on this machine"),
    sha256: param.sha256('of the tarball'),
    cflags: param.string('for the compiler', { default: '-g -O2' }),
  },
  plays: [
    {
      title: 'Build',
      hosts: buildersFor('hypervisors'),
      builds: ({ params, facts }) => ovs.artifact(ovs.build(params, facts)),
    },
    { title: 'Stage', hosts: 'hypervisors', steps: ({ params, facts }) => ovs.staged(ovs.build(params, facts)) },
  ],
});
