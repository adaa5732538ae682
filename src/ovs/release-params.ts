import { param } from '../playbook/index.ts';

/** What a playbook must be told of a release that is compiled: the parameters that `ovs.build` takes. */
export const releaseParams = {
  version: param.version('release to install, e.g. 3.5.0'),
  source: param.source('its source: a tarball, a directory with it, an address, or git:ADDRESS#TAG'),
  sha256: param.string('of the tarball', { default: '' }),
  no_checksum: param.boolean('take a tarball that nobody has said the sha256 of', { default: false }),
  verify_tag: param.boolean('see that a tag of git is signed by a key that is trusted here', { default: false }),
  cflags: param.string('for the compiler', { default: '-g -O2' }),
  ssl: param.oneOf(
    'TLS for controllers and managers: where it can be had, not at all, or nothing without it',
    ['on', 'off', 'required'],
    {
      default: 'on',
    },
  ),
  libcapng: param.oneOf('libcap-ng, which daemons need to run as another user than root', ['auto', 'on', 'off'], {
    default: 'auto',
  }),
  dpdk: param.string('version of DPDK on the builders to build with, e.g. 24.11', { default: '' }),
  dpdk_link: param.string('static or shared; for releases up to 2.14 the directory of its build', {
    default: 'shared',
  }),
  configure: param.string('more options of configure, with blanks between', { default: '' }),
  cross_from: param.string('architecture of the builders, where they build for hosts of another', { default: '' }),
  build_on: param.oneOf('whether hosts of a platform share one build, or each makes its own', ['platform', 'each'], {
    default: 'platform',
  }),
  install_deps: param.boolean("let the builders' package manager install what is missing", { default: true }),
};
