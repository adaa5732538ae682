/**
 * Gives hypervisors another kernel module of Open vSwitch, or the kernel's own: compiled once for each kernel, put where
 * modprobe finds it and where a boot loads it, and then into memory as `now` says: only where none is (load), under running
 * traffic (reload), by a reboot (reboot), or at the next one that somebody else makes (later). What a host cannot have is
 * refused before anything is changed. Each step is proven by the files that modprobe would take and by what is in memory.
 */
import { openstack, ovs, param, playbook, rolloutOf, rolloutParams, trafficWatched, transaction } from 'ovsfleet';

export default playbook({
  title: 'Kernel modules of Open vSwitch',
  params: {
    ...ovs.moduleParams,
    build_on: ovs.releaseParams.build_on,
    cross_from: ovs.releaseParams.cross_from,
    install_deps: ovs.releaseParams.install_deps,
    now: param.oneOf('when the module in memory becomes that one', ['load', 'reload', 'reboot', 'later'], {
      default: 'load',
    }),
    boot: param.oneOf('which list of modules is read at boot', ['auto', 'modules-load.d', 'sysconfig'], {
      default: 'auto',
    }),
    ...rolloutParams,
    max_gap: param.duration("longest time that a guest's traffic may be cut off", { default: '15s' }),
    deadline: param.duration('after which a host undoes an exchange that is not done', { default: '10m' }),
  },
  plays: [
    {
      title: 'Compile once for each kernel',
      hosts: ovs.builders,
      builds: ({ params, facts }) => ovs.moduleArtifacts(ovs.moduleChoice(params, facts), params, facts),
    },
    {
      title: 'Install everywhere',
      hosts: 'hypervisors',
      rollout: { concurrency: 20, stopAfterFailures: '10%' },
      preflight: ({ params, facts }) => {
        const choice = ovs.moduleChoice(params, facts);
        // Nothing comes after this play then: what stays until a reboot is told here.
        const stays = params.now === 'later' ? ovs.moduleNowRefused(choice, params.now) : [];
        return [...ovs.moduleRefused(choice, params), ...stays];
      },
      steps: ({ params, facts }) => {
        const choice = ovs.moduleChoice(params, facts);
        return [
          ...ovs.modulesStaged(choice, params),
          ...ovs.modulesInstalled(choice),
          ovs.modulesAtBoot(params.module_version, params.boot, facts),
        ];
      },
    },
    {
      title: 'Into memory, a few at a time',
      hosts: 'hypervisors',
      rollout: rolloutOf,
      preflight: ({ params, facts }) => ovs.moduleNowRefused(ovs.moduleChoice(params, facts), params.now),
      steps: ({ params, facts }) => {
        const choice = ovs.moduleChoice(params, facts);
        switch (params.now) {
          case 'later':
            return [];
          case 'load':
            return ovs.moduleLoaded(choice);
          case 'reboot':
            return ovs.moduleAfterReboot(choice);
          case 'reload':
            // Without daemons nothing is held up by it.
            if (facts.ovs === null) return ovs.moduleLoaded(choice);
            return trafficWatched(
              { maxGap: params.max_gap },
              transaction(
                'exchange',
                { confirm: '90s', deadline: params.deadline },
                openstack.agentHeld(facts, ovs.moduleExchanged(choice)),
              ),
              ...openstack.agentAlive(facts),
            );
        }
      },
    },
  ],
});
