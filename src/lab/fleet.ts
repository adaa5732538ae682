import { guestAddress, macAddress, managementAddress, underlayAddress } from './address.ts';
import { type HostCounts, PROFILES, type Profile, TRAITS } from './profile.ts';

/** A guest behind a host's br-int, and those that it exchanges traffic with. */
export interface Guest {
  readonly address: string;
  readonly mac: string;
  /** Tunnel end of the host. */
  readonly underlay: string;
  /** Name of the host whose guest this one is probed from; absent when it is alone. */
  readonly peer?: string;
  /** Tunnel ends of all hosts that it has a tunnel to. */
  readonly remotes: readonly string[];
}

export interface LabHost {
  readonly name: string;
  readonly profile: Profile;
  /** 1 and up, unique in the lab. */
  readonly index: number;
  /** Where sshd listens, port 22. */
  readonly address: string;
  readonly guest?: Guest;
}

type Numbered = Omit<LabHost, 'guest'>;

const number = (counts: HostCounts): readonly Numbered[] => {
  const hosts: Numbered[] = [];
  const last = new Map<string, number>();
  for (const profile of PROFILES) {
    const { prefix, digits } = TRAITS[profile];
    for (let made = 0; made < (counts[profile] ?? 0); made += 1) {
      const own = (last.get(prefix) ?? 0) + 1;
      last.set(prefix, own);
      const index = hosts.length + 1;
      hosts.push({
        name: `${prefix}${String(own).padStart(digits, '0')}`,
        profile,
        index,
        address: managementAddress(index),
      });
    }
  }
  return hosts;
};

/**
 * Couples switching hosts two by two, agents with agents first; an odd one out joins the first couple. Each couple is
 * a list of two or three.
 */
const couple = (hosts: readonly Numbered[]): readonly (readonly Numbered[])[] => {
  const couples: Numbered[][] = [];
  const left: Numbered[] = [];
  for (const same of [
    hosts.filter(({ profile }) => profile !== 'agent'),
    hosts.filter(({ profile }) => profile === 'agent'),
  ]) {
    for (let at = 0; at + 1 < same.length; at += 2) couples.push(same.slice(at, at + 2));
    left.push(...(same.length % 2 === 1 ? same.slice(-1) : []));
  }
  if (left.length === 2) couples.push(left);
  else if (couples[0] === undefined) couples.push(left);
  else couples[0].push(...left);
  return couples;
};

const guestOf = (host: Numbered, pair: number, mates: readonly Numbered[]): Guest => {
  // The third of a couple of three reaches the first only; the first reaches both.
  const place = mates.indexOf(host);
  const others = place === 0 ? mates.slice(1) : mates.slice(0, 1);
  const peer = others[0];
  return {
    address: guestAddress(pair, place + 1),
    mac: macAddress(2, host.index),
    underlay: underlayAddress(host.index),
    ...(peer === undefined ? {} : { peer: peer.name }),
    remotes: others.map(({ index }) => underlayAddress(index)),
  };
};

/** All hosts of a lab, with names and addresses, in the order of `PROFILES`. */
export const layOut = (counts: HostCounts): readonly LabHost[] => {
  const hosts = number(counts);
  const guests = new Map<string, Guest>();
  for (const [at, mates] of couple(hosts.filter(({ profile }) => TRAITS[profile].switches)).entries()) {
    for (const host of mates) guests.set(host.name, guestOf(host, at + 1, mates));
  }
  return hosts.map((host) => {
    const guest = guests.get(host.name);
    return guest === undefined ? host : { ...host, guest };
  });
};
