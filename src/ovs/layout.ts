import { FleetError } from '../model/error.ts';
import type { Facts, OvsFacts } from '../model/facts.ts';

/** Where a release looks for its configuration, database, sockets and logs. */
export type Layout = Omit<OvsFacts, 'owner'>;

/**
 * Where the Open vSwitch that runs keeps its things: a release of another layout would have a second, empty database and
 * other sockets (OVS Documentation/intro/install/general.rst). Throws `ovs.not-running`.
 */
export const layoutOf = (facts: Facts): Layout => {
  if (facts.ovs !== null) return facts.ovs;
  throw new FleetError({
    code: 'ovs.not-running',
    message: 'Open vSwitch does not run there, so nothing says where a new release should find its database.',
    remedy:
      'Start it first (ovsfleet run playbooks/start.ts), install one (playbooks/install.ts), or leave the host out with --limit.',
  });
};

/** The customary layout below two directories: /etc and /var, as packages have it. */
export const layoutIn = (sysconfdir: string, localstatedir: string): Layout => ({
  sysconfdir,
  localstatedir,
  runDirectory: `${localstatedir}/run/openvswitch`,
  databaseDirectory: `${sysconfdir}/openvswitch`,
  logDirectory: `${localstatedir}/log/openvswitch`,
});

/** The options of configure that make a release find all that. */
export const layoutOptions = (layout: Layout): readonly string[] => {
  const { sysconfdir, localstatedir } = layout;
  const usual = layoutIn(sysconfdir, localstatedir);
  const unusual = (option: string, found: string, expected: string): readonly string[] =>
    found === expected ? [] : [`--with-${option}=${found}`];
  return [
    `--sysconfdir=${sysconfdir}`,
    `--localstatedir=${localstatedir}`,
    ...unusual('rundir', layout.runDirectory, usual.runDirectory),
    ...unusual('dbdir', layout.databaseDirectory, usual.databaseDirectory),
    ...unusual('logdir', layout.logDirectory, usual.logDirectory),
  ];
};
