import { type Script, sh, using } from '../../shell/index.ts';
import { withOvs } from '../libraries.ts';
import type { ModuleChoice } from './choice.ts';

/** Scripts that call the functions of templates/host/ovs-module*.sh. */
export const withModules = (script: Script): Script =>
  using(['ovs-module', 'ovs-module-install', 'ovs-module-boot', 'ovs-module-build'], withOvs(script));

/** The same, with those that exchange a module in memory. */
export const withModuleSwap = (script: Script): Script =>
  using(['ovs-restart', 'ovs-interfaces', 'ovs-module-swap'], withModules(script));

/** How those functions call a choice: the directory of a build, or `in-tree`. */
export const placeOf = (choice: ModuleChoice): Script =>
  sh`${choice.kind === 'ours' ? choice.build.directory : 'in-tree'}`;

/** How what is read calls it: the build's id, or `in-tree`. */
export const nameOf = (choice: ModuleChoice): string => (choice.kind === 'ours' ? choice.build.id : 'in-tree');
