import { parseFacts } from '../../../src/facts/index.ts';
import type { HostView } from '../../../src/playbook/index.ts';

const system = (id: string, version: string, kernel: string): string =>
  `ID=${id}\nVERSION_ID=${version}\nkernel=${kernel}\narch=x86_64\ninit=systemd\n`;

const ovs = (owner: string, sysconfdir: string, localstatedir: string): string =>
  Object.entries({
    owner,
    init: 'systemd',
    rundir: `${localstatedir}/run/openvswitch`,
    db: `${sysconfdir}/openvswitch/conf.db`,
    dbfile: `${sysconfdir}/openvswitch/conf.db`,
    dbdir: `${sysconfdir}/openvswitch`,
    sysconfdir,
    localstatedir,
    logdir: `${localstatedir}/log/openvswitch`,
    datapaths: 'system',
  })
    .map(([key, value]) => `ovs.${key}=${value}\n`)
    .join('');

const debian = system('debian', '12', '6.1.0-28-amd64');

/** Only this one's traffic is probed. */
const probed = "a compute node: Debian's units, and neutron's agent";

/** What hosts say of themselves. Those of Debian said so; the others are written down from their packages' files. */
const said: Readonly<Record<string, string>> = {
  'a Debian host, its units own the daemons': `${debian}${ovs('debian', '/etc', '/var')}`,
  'an EL 7 host, its units own the daemons (written down, none was booted)': `${system('centos', '7', '3.10.0-1160.el7.x86_64')}${ovs('el', '/etc', '/var')}`,
  'a host where make install put everything below /usr/local, and no unit owns the daemons': `${debian}${ovs('bare', '/usr/local/etc', '/usr/local/var')}`,
  [probed]: `${debian}agent=neutron-openvswitch-agent.service\n${ovs('debian', '/etc', '/var')}`,
  'a host without Open vSwitch': `${debian}ovs.owner=none\novs.init=systemd\n`,
};

const vars = { local_ip: '192.0.2.1', remote_ip: '192.0.2.2', guest_ip: '10.1.1.1/24', peer_ip: '10.1.1.2' };

/** One host of each kind, as a playbook sees it, by what it is. */
export const hosts: ReadonlyMap<string, HostView> = new Map(
  Object.entries(said).map(([kind, text]) => [
    kind,
    {
      facts: parseFacts(text, 'hv01'),
      host: {
        name: 'hv01',
        groups: ['hypervisors'],
        vars: kind === probed ? { ...vars, probe_from: 'hv02:guest', probe_to: '10.1.1.1' } : vars,
      },
    },
  ]),
);
