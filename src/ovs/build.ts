import { createHash } from 'node:crypto';
import { FleetError } from '../model/error.ts';
import type { Facts, OvsFacts } from '../model/facts.ts';
import { type Buildable, platformOf } from '../playbook/index.ts';

/** What a release is compiled from and how. */
export interface BuildParams {
  readonly version: string;
  /** The release's tarball, on the controller. */
  readonly source: string;
  /** Of the tarball; releases of Open vSwitch are published without signatures, so the operator says what he trusts. */
  readonly sha256: string;
  readonly cflags: string;
}

/** One compilation of one release, for hosts that are alike. Its directory, its file and its unit all follow from its id. */
export interface Build extends Buildable {
  readonly version: string;
  readonly source: string;
  readonly sha256: string;
  /** Its own directory on every host: /opt/ovsfleet/ovs/ID. */
  readonly prefix: string;
  /** Arguments of ./configure. */
  readonly options: readonly string[];
}

export const releases = '/opt/ovsfleet/ovs';

const runningOvs = (facts: Facts): OvsFacts => {
  if (facts.ovs !== null) return facts.ovs;
  throw new FleetError({
    code: 'ovs.not-running',
    message: 'Open vSwitch does not run there, so nothing says where a new release should find its database.',
    remedy:
      'Start it first (systemctl start openvswitch-switch, or ovs-ctl start), or leave the host out with --limit.',
  });
};

/**
 * The build that a host needs. It has a prefix of its own, yet the host's own sysconfdir and localstatedir: another
 * would give it a second, empty database and other sockets (OVS Documentation/intro/install/general.rst).
 */
export const build = (params: BuildParams, facts: Facts): Build => {
  const { sysconfdir, localstatedir, runDirectory, databaseDirectory, logDirectory } = runningOvs(facts);
  const platform = platformOf(facts);
  const unusual = (option: string, found: string, usual: string): readonly string[] =>
    found === usual ? [] : [`--with-${option}=${found}`];
  const dirs = [
    `--sysconfdir=${sysconfdir}`,
    `--localstatedir=${localstatedir}`,
    ...unusual('rundir', runDirectory, `${localstatedir}/run/openvswitch`),
    ...unusual('dbdir', databaseDirectory, `${sysconfdir}/openvswitch`),
    ...unusual('logdir', logDirectory, `${localstatedir}/log/openvswitch`),
  ];
  const flags = [`CFLAGS=${params.cflags}`];
  const digest = createHash('sha256')
    .update(JSON.stringify([params.version, params.sha256, platform, ...dirs, ...flags]))
    .digest('hex');
  const id = `${params.version}-${digest.slice(0, 10)}`;
  const prefix = `${releases}/${id}`;
  return {
    id,
    platform,
    version: params.version,
    source: params.source,
    sha256: params.sha256,
    prefix,
    options: [`--prefix=${prefix}`, ...dirs, ...flags],
  };
};
