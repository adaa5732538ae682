import { group, inPhases, type NeededBuild, type Node, type Phase, step } from '../../playbook/index.ts';
import { type Script, sh, using } from '../../shell/index.ts';
import { buildFailures } from '../build-failures.ts';
import type { Series } from '../compat/index.ts';
import type { ModuleBuild } from './build.ts';
import { withModules } from './libraries.ts';

const cache = '/var/cache/ovsfleet';

const withCompilation = (script: Script): Script => using(['ovs-build-facts', 'ovs-build'], withModules(script));

/** Modules that were built elsewhere are sent as they are; all others are compiled once, by a builder. */
export const isCompiled = (build: ModuleBuild): boolean => build.source.from !== 'built';

/** What makes the modules of its source, which lies unpacked in a directory; the status and the words of each go into a log. */
const compilation = (build: ModuleBuild, series: Series | null, source: string, log: string): readonly Phase[] => {
  const { kernel, headers, options } = build;
  const logged = (script: Script): Script => withCompilation(sh`ovs_build_logged ${log} ${script}`);
  if (series === null)
    return [{ title: 'compile', run: logged(sh`ovs_module_compile_kernel ${source} ${kernel} ${headers} ${options}`) }];
  const { major, least } = series.python;
  return [
    {
      title: 'configure',
      run: logged(sh`ovs_module_configure ${source} ${kernel} ${headers} ${String(major)} ${least} ${options}`),
    },
    { title: 'compile', run: logged(sh`ovs_module_compile_release ${source}`) },
  ];
};

/**
 * Compiled on a builder that has the headers of the hosts' kernel, packed, and fetched into the controller's store with its log.
 * @param series of the release that it is of; `null` for the kernel's own source
 * @param tools what has to be there first
 */
export const moduleArtifact = (build: ModuleBuild, series: Series | null, tools: readonly Node[]): NeededBuild => {
  const source = `${cache}/source/${build.source.sha256}.tar.gz`;
  const work = `${cache}/modules/${build.id}`;
  const tree = `${work}/src`;
  const packed = `${cache}/builds/${build.id}.tar.gz`;
  const log = `${cache}/logs/${build.id}.log`;
  const made = step(`modules ${build.id} are made`, {
    sends: [{ from: { file: build.source.file }, remote: source, sha256: build.source.sha256 }],
    brings: [{ remote: packed, artifact: build.id }],
    logs: [{ remote: log, as: `build/${build.id}.log` }],
    explains: buildFailures,
    note: ['for kernel', build.kernel, ...build.options].join(' '),
    read: sh`[ -e ${packed} ] && echo ${build.id} || echo none`,
    want: build.id,
    make: inPhases(
      {
        title: 'unpack',
        run: withCompilation(sh`
          mkdir -p ${`${cache}/logs`} && : >${log} && rm -rf ${work} && mkdir -p ${tree} &&
            ovs_build_logged ${log} tar -xf ${source} -C ${tree}
        `),
      },
      ...compilation(build, series, tree, log),
      {
        title: 'pack',
        run: withCompilation(sh`ovs_build_logged ${log} ovs_module_pack ${work} ${build.id} ${build.kernel} ${packed}`),
      },
    ),
  });
  return {
    id: build.id,
    platform: build.platform,
    node: tools.length === 0 ? made : group(`modules ${build.id}`, ...tools, made),
  };
};
