import { reboot } from '../../operations/index.ts';
import { inPhases, type Node, type Step, step, type Unchanged } from '../../playbook/index.ts';
import { type Script, sh } from '../../shell/index.ts';
import type { Build } from '../build.ts';
import { forwardingKept } from '../exchange.ts';
import { readRunning, runningAsWanted } from '../read-running.ts';
import type { ModuleChoice } from './choice.ts';
import { nameOf, placeOf, withModuleSwap, withModules } from './libraries.ts';

const inMemory = (choice: ModuleChoice) => ({
  read: withModules(sh`ovs_modules_in_memory ${placeOf(choice)}`),
  want: { loaded: nameOf(choice) },
});

/** The host is rebooted unless the module is in memory; that is done when, after the boot, it is. */
export const moduleAfterReboot = (choice: ModuleChoice): Step => reboot('the module is in memory', inMemory(choice));

/** In memory, where none was, or where no daemon uses the one that is. */
export const moduleLoaded = (choice: ModuleChoice): Step =>
  step('the module is in memory', {
    ...inMemory(choice),
    make: withModuleSwap(sh`ovs_module_load ${placeOf(choice)}`),
  });

const exchanged = (prefix: Script, choice: ModuleChoice): ReturnType<typeof inPhases> => {
  const place = placeOf(choice);
  return inPhases(
    { title: 'switch the release', run: withModuleSwap(sh`ovs_switch_release ${prefix}`) },
    { title: 'convert the database', run: withModuleSwap(sh`ovs_convert_database ${prefix}`) },
    { title: 'exchange the kernel module', run: withModuleSwap(sh`ovs_exchange_modules ${place} ${prefix}`) },
    { title: 'restart ovs-vswitchd', run: withModuleSwap(sh`ovs_restart_switch ${prefix}`) },
    { title: 'put internal ports back', run: withModuleSwap(sh`ovs_internal_ports_back`) },
    { title: 'restore the flows', run: withModuleSwap(sh`ovs_restore_flows`) },
    {
      title: 'verify the switch',
      run: withModuleSwap(sh`
        ovs_module_verify ${place} && ovs_verify ${prefix} && ovs_connected_again 30 && ovs_log_clean
      `),
    },
  );
};

/** Modules of before first, in memory and on disk; then all that an exchange of daemons undoes; the internal ports last. */
const undone: Script = withModuleSwap(sh`
  ovs_module_undo || return 1
  if [ -n "$tx_rebooted" ]; then
    ovs_settle_boot && ovs_internal_ports_back && ovs_verify_undone loose && ovs_internal_ports_same
  else
    ovs_undo && ovs_internal_ports_back && ovs_verify_undone strict && ovs_internal_ports_same
  fi
`);

const kept = (prefix: Script, choice: ModuleChoice, body: Node): Unchanged => {
  const inner = forwardingKept(
    withModuleSwap(sh`ovs_capture ${prefix} && ovs_module_capture ${placeOf(choice)}`),
    body,
  );
  return { ...inner, end: withModuleSwap(sh`ovs_module_finish; ovs_finish`) };
};

const samePrograms = withModuleSwap(sh`"$(ovs_would_start)"`);

/** The module in memory is exchanged under the running daemons, in place of force-reload-kmod; flows and internal ports are kept. */
export const moduleExchanged = (choice: ModuleChoice): Unchanged =>
  kept(
    samePrograms,
    choice,
    step('module in memory', { ...inMemory(choice), make: exchanged(samePrograms, choice), undo: undone }),
  );

/** Release and module exchanged together: one outage, and one undo. */
export const runningWithModule = (build: Build, choice: ModuleChoice): Unchanged => {
  const prefix = sh`${build.prefix}`;
  const { read, want } = inMemory(choice);
  return kept(
    prefix,
    choice,
    step('running', {
      read: sh`
        ${readRunning(build)}
        ${read}
      `,
      want: { ...runningAsWanted(build), ...want },
      make: exchanged(prefix, choice),
      undo: undone,
    }),
  );
};
