import { inPhases, type NeededBuild, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';

const cache = '/var/cache/ovsfleet';

/** Compiled on a builder, packed, and fetched into the controller's store. */
export const artifact = (build: Build): NeededBuild => {
  const source = `${cache}/source/${build.sha256}.tar.gz`;
  const work = `${cache}/build/${build.id}`;
  const packed = `${cache}/builds/${build.id}.tar.gz`;
  // The tree below the prefix alone: `make install` also makes /etc and /var, and a tar that holds them would set the
  // modes of the host's own.
  const inside = build.prefix.slice(1);
  const node = step(`build ${build.id} is made`, {
    sends: [{ from: { file: build.source }, remote: source, sha256: build.sha256 }],
    brings: [{ remote: packed, artifact: build.id }],
    note: `configure ${build.options.join(' ')}`,
    read: sh`[ -e ${packed} ] && echo ${build.id} || echo none`,
    want: build.id,
    make: inPhases(
      {
        title: 'unpack',
        run: sh`
          rm -rf ${work} && mkdir -p ${work}/src ${work}/stage ${cache}/builds &&
          tar -xzf ${source} -C ${work}/src --strip-components=1
        `,
      },
      {
        title: 'configure',
        run: sh`
          cd ${work}/src || exit 1
          # A release's tarball has it; a checkout and an archive of a tag do not.
          [ -x configure ] || ./boot.sh || exit 1
          ./configure ${build.options}
        `,
      },
      { title: 'compile', run: sh`make -C ${work}/src -j "$(getconf _NPROCESSORS_ONLN)"` },
      {
        title: 'install into a stage',
        run: sh`
          make -C ${work}/src install DESTDIR=${work}/stage >/dev/null || exit 1
          find ${`${work}/stage${build.prefix}`} -type f -perm -u+x -exec strip --strip-debug {} + 2>/dev/null
          rm -rf ${`${work}/stage${build.prefix}/share/man`} ${`${work}/stage${build.prefix}/lib`}
          printf '%s\n' ${build.id} >${`${work}/stage${build.prefix}/.build-id`}
        `,
      },
      {
        title: 'pack',
        run: sh`
          tar -C ${`${work}/stage`} --owner=0 --group=0 -czf ${`${packed}.new`} ${inside} &&
          mv ${`${packed}.new`} ${packed} && rm -rf ${work}
        `,
      },
    ),
  });
  return { id: build.id, platform: build.platform, node };
};
