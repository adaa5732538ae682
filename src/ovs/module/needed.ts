import type { Facts } from '../../model/facts.ts';
import { type NeededBuild, type Node, step, verify } from '../../playbook/index.ts';
import { sh } from '../../shell/index.ts';
import { modulePackages, type Series, seriesFor } from '../compat/index.ts';
import { withPackages } from '../tools.ts';
import { isCompiled, moduleArtifact } from './artifact.ts';
import type { ModuleBuild } from './build.ts';
import type { ModuleChoice, ModuleParams } from './choice.ts';

/** The headers of that very kernel, a compiler, and what a release's configure asks for: installed, or told as one list. */
const moduleTools = (
  build: ModuleBuild,
  series: Series | null,
  { install_deps: install }: ModuleParams,
  { distro, distroVersion }: Facts,
): readonly Node[] => {
  const known = modulePackages(distro, distroVersion, series, build.kernel);
  if (known === null) return [];
  const title = `tools for modules ${build.id}`;
  const directory = build.headers || `/lib/modules/${build.kernel}/build`;
  // Headers may be there by no package; those of another architecture come with none.
  const headers = build.headers === '' && build.crossFrom === '' ? known.headers : '';
  const read = withPackages(
    sh`printf 'missing=%s\n' "$(ovs_module_tools_missing ${directory} ${headers} ${known.packages})"`,
  );
  const want = { missing: 'none' };
  if (install === false) return [verify(title, { read, want })];
  const make = withPackages(sh`ovs_module_tools_install ${directory} ${headers} ${known.packages}`);
  return [step(title, { read, want, make })];
};

/** What has to be compiled for a host to have the module that it shall have: one build, or none. */
export const moduleArtifacts = (choice: ModuleChoice, params: ModuleParams, facts: Facts): readonly NeededBuild[] => {
  if (choice.kind === 'in-tree' || !isCompiled(choice.build)) return [];
  const series = choice.build.source.from === 'release' ? seriesFor(params.module_version) : null;
  return [moduleArtifact(choice.build, series, moduleTools(choice.build, series, params, facts))];
};
