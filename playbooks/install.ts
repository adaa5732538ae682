/**
 * Installs Open vSwitch on hosts that have none: compiled once for each platform, put into a directory of its own, used by
 * one link, started under units that are written for it, and proven. What runs already is upgraded by playbooks/upgrade.ts,
 * but for a release in /usr itself, which `-e where=usr` exchanges there, daemons stopped; playbooks/usr-back.ts is the way back.
 * A package that would start a second switch is refused, masked or held, as is said.
 */
import { openstack, ovs, playbook, rolloutOf, rolloutParams, transaction } from 'ovsfleet';

export default playbook({
  title: 'Install Open vSwitch',
  params: { ...ovs.releaseParams, ...ovs.installParams, ...rolloutParams },
  plays: [
    {
      title: 'Build once for each platform',
      hosts: ovs.builders,
      preflight: ({ params, facts }) => ovs.buildable(params, facts),
      builds: ({ params, facts, host }) => {
        const build = ovs.installBuild(params, facts, host.name);
        return ovs.artifact(build, ...ovs.buildTools(build, params, facts));
      },
    },
    {
      title: 'Install and start',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params, facts, host }) => [
        ...ovs.compatible(params, facts),
        ...ovs.installRefused(ovs.installBuild(params, facts, host.name), params),
      ],
      steps: ({ params, facts, host }) => {
        const build = ovs.installBuild(params, facts, host.name);
        if (params.where === 'side-by-side' || facts.ovs === null) return ovs.installed(build, params, facts);
        return [
          ...ovs.readyForUsr(build, params, facts),
          transaction(
            'exchange in /usr',
            { confirm: '90s', deadline: '10m' },
            openstack.agentHeld(facts, ovs.runningInUsr(build)),
          ),
          ...openstack.agentAlive(facts),
        ];
      },
    },
  ],
});
