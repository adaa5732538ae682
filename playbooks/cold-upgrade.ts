/**
 * Upgrades Open vSwitch with its daemons stopped, where it cannot be done hot: guests are cut off meanwhile, and flows are
 * NOT kept: a controller, an agent or an operator must program the bridges again. Each host undoes it by itself unless the
 * new release runs. Where flows matter: playbooks/upgrade.ts.
 */
import { openstack, ovs, param, playbook, rolloutOf, rolloutParams, transaction } from 'ovsfleet';

export default playbook({
  title: 'Upgrade Open vSwitch, cold',
  params: {
    ...ovs.releaseParams,
    database: param.oneOf(
      'keep the database, converted, or begin with a new one, without bridges',
      ['convert', 'new'],
      {
        default: 'convert',
      },
    ),
    ...rolloutParams,
  },
  plays: [
    {
      title: 'Build once for each platform',
      hosts: ovs.builders,
      preflight: ({ params, facts }) => ovs.buildable(params, facts),
      builds: ({ params, facts, host }) => {
        const build = ovs.build(params, facts, host.name);
        return ovs.artifact(build, ...ovs.buildTools(build, params, facts));
      },
    },
    {
      title: 'Stage everywhere',
      hosts: 'hypervisors',
      rollout: { concurrency: 20, stopAfterFailures: '10%' },
      preflight: ({ params, facts }) => ovs.compatible(params, facts),
      steps: ({ params, facts, host }) => {
        const build = ovs.build(params, facts, host.name);
        return params.database === 'convert' ? ovs.staged(build) : ovs.unpacked(build);
      },
    },
    {
      title: 'Exchange, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params, facts, host }) => ovs.coldUpgradeRefused(ovs.build(params, facts, host.name)),
      steps: ({ params, facts, host }) => {
        const build = ovs.build(params, facts, host.name);
        const { database } = params;
        return [
          transaction(
            'exchange',
            { confirm: '90s', deadline: '10m' },
            openstack.agentHeld(facts, ovs.identityUnchanged(build, database, ovs.runningCold(build, database))),
          ),
          ...openstack.agentAlive(facts),
        ];
      },
    },
  ],
});
