/** Addresses that a host gets from its number (1 and up). Nothing outside the lab's network namespace has a route to them. */

const PER_BLOCK = 250;

const octets = (index: number): readonly [number, number] => [Math.floor(index / PER_BLOCK), (index % PER_BLOCK) + 2];

/** The lab's own end on the management bridge. */
export const GATEWAY = '10.99.0.1';

/** Where sshd listens, on eth0. */
export const managementAddress = (index: number): string => `10.99.${octets(index).join('.')}`;

/** The tunnel's end, on br-phy. /16: all hosts share the underlay. */
export const underlayAddress = (index: number): string => `192.168.${octets(index).join('.')}`;

/** The guest's address: guests of one pair share a /24. */
export const guestAddress = (pair: number, place: number): string => `10.1.${pair}.${place}`;

/**
 * Fixed, locally administered MACs: with random ones a rebooted host is unreachable for 18-50 s, until the stale ARP
 * entries of its neighbours time out. `nic` 0 is eth0, 1 is eth1, 2 the guest's.
 */
export const macAddress = (nic: 0 | 1 | 2, index: number): string =>
  ['02', `0${nic}`, '0a', '63', ...octets(index).map((octet) => octet.toString(16).padStart(2, '0'))].join(':');
