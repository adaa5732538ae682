import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { macAddress, managementAddress, underlayAddress } from '../../../src/lab/address.ts';
import { layOut } from '../../../src/lab/fleet.ts';

const peers = (counts: Parameters<typeof layOut>[0]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(layOut(counts).flatMap(({ name, guest }) => (guest === undefined ? [] : [[name, guest.peer]])));

describe('hosts are named by what they are for', () => {
  test('hypervisors of all profiles are numbered through', () => {
    expect(
      layOut({ pkg31: 1, src: 1, agent: 1, over: 1, builder: 2, ssh: 1 }).map(
        ({ name, profile }) => `${name} ${profile}`,
      ),
    ).toEqual([
      'hv01 pkg31',
      'hv02 src',
      'hv03 agent',
      'hv04 over',
      'build01 builder',
      'build02 builder',
      'ssh001 ssh',
    ]);
  });
});

describe('each guest has a peer', () => {
  test.each([
    ['two are a couple', { pkg31: 2 }, { hv01: 'hv02', hv02: 'hv01' }],
    ['one alone has none', { pkg31: 1 }, { hv01: undefined }],
    ['the odd one out joins the first couple', { pkg31: 3 }, { hv01: 'hv02', hv02: 'hv01', hv03: 'hv01' }],
    [
      'agents go with agents',
      { pkg31: 1, agent: 2, src: 1 },
      { hv01: 'hv02', hv02: 'hv01', hv03: 'hv04', hv04: 'hv03' },
    ],
    ['a lone agent and a lone package host go together', { pkg31: 1, agent: 1 }, { hv01: 'hv02', hv02: 'hv01' }],
    ['builders have no guest', { builder: 2 }, {}],
  ])('%s', (_, counts, expected) => {
    expect(peers(counts)).toEqual(expected);
  });

  test('the first of three has tunnels to both, the others to the first', () => {
    const [first, second, third] = layOut({ pkg31: 3 }).map(({ guest }) => guest);
    expect(first?.remotes).toEqual([second?.underlay, third?.underlay]);
    expect(second?.remotes).toEqual([first?.underlay]);
    expect(third?.remotes).toEqual([first?.underlay]);
  });

  test('of any fleet, no two hosts share a name, an address or a MAC, and a tunnel is known at both ends', () => {
    const few = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.record({ pkg31: few, src: few, agent: few, builder: few, ssh: few }), (counts) => {
        const hosts = layOut(counts);
        const guests = hosts.flatMap(({ guest }) => guest ?? []);
        for (const values of [
          hosts.map(({ name }) => name),
          hosts.map(({ address }) => address),
          guests.map(({ address }) => address),
          guests.flatMap(({ mac }) => mac),
        ]) {
          expect(new Set(values).size).toBe(values.length);
        }
        for (const guest of guests) {
          for (const remote of guest.remotes) {
            expect(guests.find(({ underlay }) => underlay === remote)?.remotes).toContain(guest.underlay);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('addresses come from the number of a host', () => {
  test.each([
    [1, '10.99.0.3', '192.168.0.3', '02:01:0a:63:00:03'],
    [249, '10.99.0.251', '192.168.0.251', '02:01:0a:63:00:fb'],
    [250, '10.99.1.2', '192.168.1.2', '02:01:0a:63:01:02'],
    [500, '10.99.2.2', '192.168.2.2', '02:01:0a:63:02:02'],
  ])('host %i', (index, management, underlay, mac) => {
    expect([managementAddress(index), underlayAddress(index), macAddress(1, index)]).toEqual([
      management,
      underlay,
      mac,
    ]);
  });
});
