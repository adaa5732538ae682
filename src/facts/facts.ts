import { FleetError } from '../model/error.ts';
import type { Facts, OvsFacts } from '../model/facts.ts';
import { type Script, sh, using } from '../shell/index.ts';

/** Prints the facts of a host; one round trip. */
export const factsScript: Script = using(['ovs-base', 'ovs-layout', 'facts'], sh`facts_all`);

const owners: readonly OvsFacts['owner'][] = ['debian', 'el', 'bare', 'container', 'astray'];

/**
 * What a host said of itself. Throws `facts.unreadable`, naming the host and the key, when it said something that no
 * host should.
 */
export const parseFacts = (text: string, host: string): Facts => {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );
  const unreadable = (what: string, key: string): FleetError =>
    new FleetError({
      code: 'facts.unreadable',
      message: `${host}: the host ${what}.`,
      remedy: `Look at what it prints: ovsfleet exec ${host} -- 'cat /etc/os-release; uname -rm'`,
      facts: { host, key },
    });
  const need = (key: string): string => {
    const value = values.get(key);
    if (value !== undefined && value !== '') return value;
    throw unreadable(`does not say its ${key}`, key);
  };
  const ovs = (): OvsFacts | null => {
    const said = values.get('ovs.owner') ?? '';
    if (said === '' || said === 'none') return null;
    const owner = owners.find((known) => known === said);
    if (owner === undefined)
      throw unreadable(`says that Open vSwitch is owned by "${said}", which nobody here knows`, 'ovs.owner');
    if (owner === 'container')
      return { owner, runDirectory: '', databaseDirectory: '', logDirectory: '', sysconfdir: '', localstatedir: '' };
    return {
      owner,
      runDirectory: need('ovs.rundir'),
      databaseDirectory: need('ovs.dbdir'),
      logDirectory: need('ovs.logdir'),
      sysconfdir: need('ovs.sysconfdir'),
      localstatedir: need('ovs.localstatedir'),
    };
  };
  const agent = values.get('agent');
  const signatures = values.get('signatures');
  return {
    distro: values.get('ID') || 'unknown',
    distroVersion: values.get('VERSION_ID') || 'unknown',
    kernel: need('kernel'),
    arch: need('arch'),
    init: values.get('init') === 'systemd' ? 'systemd' : 'other',
    ...(signatures === 'enforced' || signatures === 'free' ? { signatures } : {}),
    ovs: ovs(),
    openstack: agent === undefined ? null : { agentUnit: agent },
  };
};
