import type { Facts } from '../../model/facts.ts';
import { type NeededBuild, type Node, type Preflight, param, type Unchanged } from '../../playbook/index.ts';
import type { Build } from '../build.ts';
import { forwardingUnchanged, running } from '../running.ts';
import { modulesAtBoot } from './at-boot.ts';
import { type ModuleChoice, type ModuleParams, moduleChoice, moduleParams } from './choice.ts';
import { modulesInstalled } from './installed.ts';
import { runningWithModule } from './loaded.ts';
import { moduleArtifacts } from './needed.ts';
import { moduleNowRefused, moduleRefused } from './preflight.ts';
import { modulesStaged } from './staged.ts';

/** What an upgrade may be told of the kernel module; it leaves it alone unless it is. */
export const upgradeModuleParams = {
  ...moduleParams,
  module: param.oneOf(
    "kernel module to run: the one that is there (keep), built (ours), the kernel's own (in-tree), or built where it can be had",
    ['keep', 'ours', 'in-tree', 'ours-else-in-tree'],
    { default: 'keep' },
  ),
  module_now: param.oneOf(
    'whether the module in memory is exchanged with the daemons (reload), or by a reboot of your own afterwards (later)',
    ['reload', 'later'],
    { default: 'reload' },
  ),
};

export interface UpgradeModuleParams extends Omit<ModuleParams, 'module'> {
  readonly module: 'keep' | ModuleParams['module'];
  readonly module_now: 'reload' | 'later';
  /** The release that is installed: the one that a module of a release is of, too. */
  readonly version: string;
}

const chosen = (
  params: UpgradeModuleParams,
  facts: Facts,
): { readonly choice: ModuleChoice; readonly params: ModuleParams } | null => {
  if (params.module === 'keep') return null;
  const told = { ...params, module: params.module, module_version: params.module_version || params.version };
  return { choice: moduleChoice(told, facts), params: told };
};

/** The modules that have to be compiled for a host; none where its module is left alone. */
export const upgradeModuleArtifacts = (params: UpgradeModuleParams, facts: Facts): readonly NeededBuild[] => {
  const module = chosen(params, facts);
  return module === null ? [] : moduleArtifacts(module.choice, module.params, facts);
};

/** The files of the module, where modprobe and the boot find them: right before the swap, since a boot takes them. */
export const upgradeModuleFiles = (params: UpgradeModuleParams, facts: Facts): readonly Node[] => {
  const module = chosen(params, facts);
  if (module === null) return [];
  return [
    ...modulesStaged(module.choice, module.params),
    ...modulesInstalled(module.choice),
    modulesAtBoot(module.params.module_version, 'auto', facts),
  ];
};

/** Why a host cannot have that module, or not in that way. */
export const upgradeModuleRefused = (params: UpgradeModuleParams, facts: Facts): readonly Preflight[] => {
  const module = chosen(params, facts);
  if (module === null) return [];
  return [...moduleRefused(module.choice, module.params), ...moduleNowRefused(module.choice, params.module_now)];
};

/**
 * The daemons run the build, and everything that forwards reads as before; with another module, exchanged in the same
 * outage, unless that one waits for a reboot.
 */
export const upgraded = (build: Build, params: UpgradeModuleParams, facts: Facts): Unchanged => {
  const module = chosen(params, facts);
  return module === null || params.module_now === 'later'
    ? forwardingUnchanged(build, running(build))
    : runningWithModule(build, module.choice);
};
