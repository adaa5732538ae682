import { param } from '../playbook/index.ts';

/** What a playbook must be told of a release that is compiled: the parameters that `ovs.build` takes. */
export const releaseParams = {
  version: param.version('release to install, e.g. 3.5.0'),
  source: param.file("the release's tarball on this machine"),
  sha256: param.sha256('of the tarball'),
  cflags: param.string('for the compiler', { default: '-g -O2' }),
};
