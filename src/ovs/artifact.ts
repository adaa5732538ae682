import { group, inPhases, type NeededBuild, type Node, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import { buildFailures } from './build-failures.ts';

const cache = '/var/cache/ovsfleet';

/** Scripts that call the functions of templates/host/ovs-build.sh. */
export const withBuild = (script: Script): Script => using(['ovs-base', 'ovs-build-facts', 'ovs-build'], script);

/** Compiled on a builder, packed, and fetched into the controller's store with its log. */
const made = (build: Build): Node => {
  const { major, least } = build.series.python;
  const source = `${cache}/source/${build.sha256}.tar.gz`;
  const work = `${cache}/build/${build.id}`;
  const tree = `${work}/src`;
  const packed = `${cache}/builds/${build.id}.tar.gz`;
  const log = `${cache}/logs/${build.id}.log`;
  return step(`build ${build.id} is made`, {
    sends: [{ from: { file: build.source.file }, remote: source, sha256: build.sha256 }],
    brings: [{ remote: packed, artifact: build.id }],
    logs: [{ remote: log, as: `build/${build.id}.log` }],
    explains: buildFailures,
    note: `configure ${build.options.join(' ')}`,
    read: sh`[ -e ${packed} ] && echo ${build.id} || echo none`,
    want: build.id,
    make: inPhases(
      {
        title: 'unpack',
        run: withBuild(
          sh`mkdir -p ${`${cache}/logs`} && : >${log} && ovs_build_logged ${log} ovs_build_unpack ${source} ${work}`,
        ),
      },
      {
        title: 'configure',
        run: withBuild(
          sh`ovs_build_logged ${log} ovs_build_configure ${tree} ${String(major)} ${least} ${build.options}`,
        ),
      },
      { title: 'compile', run: withBuild(sh`ovs_build_logged ${log} ovs_build_compile ${tree}`) },
      {
        title: 'install into a stage',
        run: withBuild(
          sh`ovs_build_logged ${log} ovs_build_install ${work} ${build.prefix} ${build.id} ${build.version}`,
        ),
      },
      { title: 'pack', run: withBuild(sh`ovs_build_logged ${log} ovs_build_pack ${work} ${build.prefix} ${packed}`) },
    ),
  });
};

/**
 * A build with all that makes it on a builder.
 * @param tools what has to be there first
 */
export const artifact = (build: Build, ...tools: readonly Node[]): NeededBuild => ({
  id: build.id,
  platform: build.platform,
  node: tools.length === 0 ? made(build) : group(`build ${build.id}`, ...tools, made(build)),
});
