import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldHosts, unfoldHosts } from '../../../src/model/fold-hosts.ts';

describe('hosts are folded as an operator writes them', () => {
  test.each([
    ['', ''],
    ['hv01', 'hv01'],
    ['hv01 hv02 hv03 hv07', 'hv[01-03,07]'],
    ['hv07 hv03 hv01 hv02 hv01', 'hv[01-03,07]'],
    ['hv9 hv10 hv11', 'hv[9-11]'],
    ['hv08 hv09 hv10', 'hv[08-10]'],
    ['hv98 hv99 hv100 hv101', 'hv[98-101]'],
    ['hv098 hv099 hv100 hv101', 'hv[098-101]'],
    ['hv01 hv1 hv2', 'hv[1-2,01]'],
    ['hv01 hv02 gw1 gw2', 'gw[1-2],hv[01-02]'],
    ['hv01 controller', 'controller,hv01'],
    ['compute-1-0 compute-1-1 compute-2-0', 'compute-1-[0-1],compute-2-0'],
    ['hv01.dc2.example.net hv02.dc2.example.net', 'hv[01-02].dc2.example.net'],
    ['r1n1 r2n1 r3n1', 'r[1-3]n1'],
    ['192.0.2.9 192.0.2.10', '192.0.2.[9-10]'],
    ['a20261122010203001 a20261122010203002', 'a20261122010203001,a20261122010203002'],
  ])('%s is %s', (names, folded) => {
    expect(foldHosts(names.split(' ').filter((name) => name !== ''))).toBe(folded);
  });
});

const name = fc
  .tuple(
    fc.constantFrom('hv', 'compute-', 'r1n', '', 'a.b', 'x0y'),
    fc.oneof(
      fc.nat(130).map(String),
      fc.nat(130).map((n) => String(n).padStart(3, '0')),
      fc.constant(''),
    ),
    fc.constantFrom('', '.example.net', '-7', '.dc02'),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

test('unfolding a fold gives every host back, once', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 40 }), (names) => {
      const back = unfoldHosts(foldHosts(names));
      expect([...back].sort()).toEqual([...new Set(names)].sort());
    }),
  );
});

test('the fold does not depend on the order of the hosts', () => {
  fc.assert(
    fc.property(fc.array(name), (names) => {
      expect(foldHosts(names.toReversed())).toBe(foldHosts(names));
    }),
  );
});
