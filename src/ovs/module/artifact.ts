import { inPhases, type NeededBuild, step } from '../../playbook/index.ts';
import { type Script, sh } from '../../shell/index.ts';
import type { ModuleBuild } from './build.ts';
import type { ModuleChoice } from './choice.ts';
import { withModules } from './libraries.ts';

const cache = '/var/cache/ovsfleet';

/** Modules that were built elsewhere are sent as they are; all others are compiled once, by a builder. */
export const isCompiled = (build: ModuleBuild): boolean => build.source.from !== 'built';

/** Compiled on a builder that has the headers of the hosts' kernel, packed, and fetched into the controller's store. */
const artifact = (build: ModuleBuild): NeededBuild => {
  const source = `${cache}/source/${build.source.sha256}.tar.gz`;
  const work = `${cache}/modules/${build.id}`;
  const packed = `${cache}/builds/${build.id}.tar.gz`;
  const compile: Script =
    build.source.from === 'release'
      ? withModules(sh`ovs_module_compile_release ${`${work}/src`} ${build.kernel}`)
      : withModules(sh`ovs_module_compile_kernel ${`${work}/src`} ${build.kernel}`);
  const node = step(`modules ${build.id} are made`, {
    sends: [{ from: { file: build.source.file }, remote: source, sha256: build.source.sha256 }],
    brings: [{ remote: packed, artifact: build.id }],
    note: `for kernel ${build.kernel}`,
    read: sh`[ -e ${packed} ] && echo ${build.id} || echo none`,
    want: build.id,
    make: inPhases(
      {
        title: 'unpack',
        run: sh`rm -rf ${work} && mkdir -p ${`${work}/src`} && tar -xf ${source} -C ${`${work}/src`}`,
      },
      { title: 'compile', run: compile },
      { title: 'pack', run: withModules(sh`ovs_module_pack ${work} ${build.id} ${build.kernel} ${packed}`) },
    ),
  });
  return { id: build.id, platform: build.platform, node };
};

/** What has to be compiled for a host to have the module that it shall have: one build, or none. */
export const moduleArtifacts = (choice: ModuleChoice): readonly NeededBuild[] =>
  choice.kind === 'ours' && isCompiled(choice.build) ? [artifact(choice.build)] : [];
