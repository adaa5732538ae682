/**
 * What playbook code may see of a host: only what a successful run leaves equal. State is read inside steps, just
 * before they act.
 */
export interface Facts {
  /** `ID` of os-release, e.g. `debian`, `centos`. */
  readonly distro: string;
  /** `VERSION_ID` of os-release, e.g. `12`, `7`. */
  readonly distroVersion: string;
  /** `uname -r` */
  readonly kernel: string;
  /** `uname -m` */
  readonly arch: string;
  /** `systemd` when it is PID 1. */
  readonly init: 'systemd' | 'other';
  /** Whether the kernel loads modules only with a signature that it trusts; not in what was written down before it was asked. */
  readonly signatures?: 'enforced' | 'free';
  readonly ovs: OvsFacts | null;
  readonly openstack: OpenstackFacts | null;
}

/** Where a running Open vSwitch keeps its things, and who owns its daemons. */
export interface OvsFacts {
  /**
   * `debian` and `el` are the unit families of those packages; `bare` daemons were started by ovs-ctl, by nobody's unit;
   * `astray` ones run outside the units that should own them, and systemd would end them at the next occasion.
   */
  readonly owner: 'debian' | 'el' | 'bare' | 'container' | 'astray';
  /** e.g. /var/run/openvswitch */
  readonly runDirectory: string;
  /** Of conf.db as the daemons spell it, e.g. /etc/openvswitch; Debian's is a link. */
  readonly databaseDirectory: string;
  /** e.g. /var/log/openvswitch */
  readonly logDirectory: string;
  /** `--sysconfdir` of a build that shall find the same files, e.g. /etc */
  readonly sysconfdir: string;
  /** `--localstatedir` of a build that shall find the same files, e.g. /var */
  readonly localstatedir: string;
}

export interface OpenstackFacts {
  /** The unit of the neutron Open vSwitch agent, e.g. `neutron-openvswitch-agent.service`. */
  readonly agentUnit: string;
}
