import { group, type Node, type Step, step, verify } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { type Build, releases } from './build.ts';
import { withOvs } from './libraries.ts';

/** Beside the running release, in a directory of its own. */
export const unpacked = (build: Build): Step => {
  const archive = `/var/cache/ovsfleet/artifacts/${build.id}.tar.gz`;
  const fresh = `${releases}/.new-${build.id}`;
  return step(`build ${build.id} is staged`, {
    sends: [{ from: { artifact: build.id }, remote: archive }],
    read: withOvs(sh`ovs_staged ${build.prefix}`),
    want: build.id,
    make: sh`
      rm -rf ${fresh} && mkdir -p ${fresh} &&
      tar -xzf ${archive} -C ${fresh} --strip-components=4 ${build.prefix.slice(1)} &&
      # archives of before have no manifest
      { [ ! -e ${fresh}/.manifest ] || (cd ${fresh} && sha256sum -c .manifest >/dev/null); } &&
      rm -rf ${build.prefix} && mv ${fresh} ${build.prefix} && rm -f ${archive}
    `,
  });
};

/** The same, and the database was converted on a copy, to see that it can be. */
export const staged = (build: Build): Node =>
  group(
    `release ${build.version} is ready beside the running one`,
    unpacked(build),
    verify('a copy of the database can be converted', {
      read: withOvs(sh`ovs_trial_conversion ${build.prefix} >/dev/null && echo yes`),
      want: 'yes',
    }),
  );
