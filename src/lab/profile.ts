import { FleetError } from '../model/error.ts';
import type { LayerName } from './recipe.ts';

/**
 * `ssh`: sshd as PID 1 and nothing else. `builder`: systemd and a compiler. `pkg31`: Debian's OVS 3.1.0 under its
 * units. `src`: OVS 3.1.0 by `make install`, started like from rc.local, owned by no unit. `agent`: `pkg31` and the
 * real neutron-openvswitch-agent, its server's RPC stubbed in process. `over`: `pkg31`, and the only way in goes over a
 * bridge of its own switch. `tight`: `pkg31` on a disk that is soon full. `login`: `ssh` with doas beside sudo and su.
 * `plain`: systemd, and neither Open vSwitch nor a compiler.
 */
export const PROFILES = ['pkg31', 'src', 'agent', 'over', 'tight', 'builder', 'ssh', 'login', 'plain'] as const;
export type Profile = (typeof PROFILES)[number];

/** How many hosts of each profile; a profile that is absent has none. */
export type HostCounts = Readonly<Partial<Record<Profile, number>>>;

export interface ProfileTraits {
  readonly layer: LayerName;
  /** What runs as PID 1. */
  readonly init: 'systemd' | 'sshd';
  /** Has Open vSwitch, a guest and a peer. */
  readonly switches: boolean;
  /** What has the management address: eth0, or the bridge br-ex with eth0 as its uplink. */
  readonly reachedBy: 'eth0' | 'br-ex';
  /** Size of its disk; `null`: it shares the machine's. */
  readonly diskMegabytes: number | null;
  /** Host names are this and a number of at least `digits` digits. */
  readonly prefix: string;
  readonly digits: number;
}

const plain = { reachedBy: 'eth0', diskMegabytes: null } as const;
const hypervisor = { ...plain, init: 'systemd', switches: true, prefix: 'hv', digits: 2 } as const;

export const TRAITS: Readonly<Record<Profile, ProfileTraits>> = {
  pkg31: { ...hypervisor, layer: 'ovs31' },
  src: { ...hypervisor, layer: 'src31' },
  agent: { ...hypervisor, layer: 'neutron' },
  over: { ...hypervisor, layer: 'ovs31', reachedBy: 'br-ex' },
  // A staged release takes some 30 MB.
  tight: { ...hypervisor, layer: 'ovs31', diskMegabytes: 128 },
  builder: { ...plain, layer: 'dev', init: 'systemd', switches: false, prefix: 'build', digits: 2 },
  ssh: { ...plain, layer: 'book', init: 'sshd', switches: false, prefix: 'ssh', digits: 3 },
  plain: { ...plain, layer: 'book', init: 'systemd', switches: false, prefix: 'plain', digits: 2 },
  login: { ...plain, layer: 'logins', init: 'sshd', switches: false, prefix: 'login', digits: 2 },
};

const MOST_HOSTS = 500;

const isProfile = (name: string): name is Profile => PROFILES.some((profile) => profile === name);

const wrong = (text: string, why: string): FleetError =>
  new FleetError({
    code: 'lab.bad-hosts',
    message: `--hosts ${text}: ${why}`,
    remedy: `write it like --hosts pkg31=3,agent=2,builder=1 (profiles: ${PROFILES.join(', ')})`,
  });

/** Parses `pkg31=3,agent=2,builder=1`; a name alone means one. Rejects with `lab.bad-hosts`. */
export const parseHostCounts = (text: string): HostCounts => {
  const counts = new Map<Profile, number>();
  for (const part of text.split(',')) {
    const [name = '', digits = '1', ...more] = part.trim().split('=');
    if (!isProfile(name)) throw wrong(text, `"${name}" is no profile`);
    if (!/^\d+$/.test(digits) || more.length > 0) throw wrong(text, `"${part.trim()}" is not PROFILE=NUMBER`);
    if (counts.has(name)) throw wrong(text, `${name} is there twice`);
    counts.set(name, Number(digits));
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total < 1 || total > MOST_HOSTS) throw wrong(text, `a lab has 1 to ${MOST_HOSTS} hosts, not ${total}`);
  return Object.fromEntries(counts);
};
