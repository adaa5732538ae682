import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/model/duration.ts';
import type { Value } from '../../../src/model/host.ts';
import { type ParamSpecs, param, playbook } from '../../../src/playbook/index.ts';

const from = 'inventory.yaml:12';
const resolved = (params: ParamSpecs, given: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  playbook({ title: 'P', params, plays: [] }).resolve(
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value, from }])),
  ).params;

const kinds = {
  version: param.version('release'),
  string: param.string('flags'),
  file: param.file('tarball'),
  sha256: param.sha256('digest'),
  boolean: param.boolean('allowed'),
  duration: param.duration('pause'),
  count: param.count('hosts'),
  share: param.share('failures'),
  shares: param.shares('waves'),
  oneOf: param.oneOf('module', ['ours', 'in-tree']),
} as const;
type Kind = keyof typeof kinds;
const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('a parameter', () => {
  it.each<[Kind, Value, Value]>([
    ['version', '3.5.0', '3.5.0'],
    ['version', '2.17', '2.17'],
    ['string', '-O2 -g', '-O2 -g'],
    ['string', '', ''],
    ['string', 5, '5'],
    ['file', '/tmp/openvswitch-3.5.0.tar.gz', '/tmp/openvswitch-3.5.0.tar.gz'],
    ['sha256', digest, digest],
    ['boolean', true, true],
    ['boolean', 'yes', true],
    ['boolean', 'true', true],
    ['boolean', 'no', false],
    ['boolean', 'false', false],
    ['duration', '90s', '90s'],
    ['duration', '1m30s', '1m30s'],
    ['count', 4, 4],
    ['count', '4', 4],
    ['share', 3, 3],
    ['share', '3', 3],
    ['share', '10%', '10%'],
    ['share', '12.5%', '12.5%'],
    ['share', '100%', '100%'],
    ['shares', [1, '10%', '100%'], [1, '10%', '100%']],
    ['shares', '1,10%,100%', [1, '10%', '100%']],
    ['shares', '1, 10%, 100%', [1, '10%', '100%']],
    ['shares', 2, [2]],
    ['oneOf', 'in-tree', 'in-tree'],
  ])('of kind %s takes %j', (kind, value, typed) => {
    expect(resolved({ it: kinds[kind] }, { it: value })).toEqual({ it: typed });
  });

  it.each<[Kind, Value]>([
    ['version', 'latest'],
    ['version', '3'],
    ['version', 'v3.5.0'],
    ['version', '3.5.0\n'],
    // 3.10 in YAML without quotes is the number 3.1, which is another release.
    ['version', 3.1],
    ['string', true],
    ['string', ['a']],
    ['string', null],
    ['sha256', digest.slice(1)],
    ['sha256', digest.toUpperCase()],
    ['boolean', 'maybe'],
    ['boolean', 1],
    ['duration', '90'],
    ['duration', 90],
    ['count', 0],
    ['count', -1],
    ['count', 1.5],
    ['count', '4x'],
    ['count', ''],
    ['share', 0],
    ['share', '0%'],
    ['share', '101%'],
    ['share', '-5%'],
    ['share', 1.5],
    ['share', '1.5'],
    ['share', 'all'],
    ['shares', [1, 'x']],
    ['shares', ''],
    ['shares', '1,,2'],
    ['oneOf', 'Ours'],
    ['oneOf', true],
  ])('of kind %s refuses %j, and says from where it came', (kind, value) => {
    expect(() => resolved({ it: kinds[kind] }, { it: value })).toThrow(
      expect.objectContaining({
        code: 'playbook.params',
        message: `The playbook's parameters are not right: "it" is ${JSON.stringify(value)} (${from}), but must be a ${kinds[kind].kind}.`,
      }),
    );
  });

  it('with a default need not be given, and may be', () => {
    const params = {
      pause: param.duration('between waves', { default: '5m' }),
      ours: param.boolean('x', { default: false }),
    };
    expect(resolved(params, {})).toEqual({ pause: '5m', ours: false });
    expect(resolved(params, { pause: '1s', ours: 'yes' })).toEqual({ pause: '1s', ours: true });
  });

  it('of kind duration takes what can be read as one, and nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom('1', '0', '.', 'm', 's', 'h', ' '), maxLength: 8 });
    const parses = (value: string): boolean => {
      try {
        return parseDuration(value, 'x') >= 0;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(text, (value) => {
        expect(kinds.duration.parse(value) !== undefined).toBe(parses(value));
      }),
    );
  });
});

describe('all that is wrong with the parameters', () => {
  it('is told together, with what the playbook knows', () => {
    const params = {
      version: param.version('release to install'),
      module: param.oneOf('kernel module to run', ['ours', 'in-tree']),
      pause: param.duration('between waves', { default: '0s' }),
    };
    expect(() => resolved(params, { module: 'theirs', versoin: '3.5.0', pause: '1' })).toThrow(
      expect.objectContaining({
        code: 'playbook.params',
        message:
          'The playbook\'s parameters are not right: "versoin" (inventory.yaml:12) is not a parameter of this playbook (did you mean version?); ' +
          '"version" is missing: release to install (version such as "3.5.0", in quotes); ' +
          '"module" is "theirs" (inventory.yaml:12), but must be a ours | in-tree; ' +
          '"pause" is "1" (inventory.yaml:12), but must be a duration such as 90s.',
        remedy:
          'Give them with -e NAME=VALUE, or in the inventory under all: vars: ovsfleet_params. It knows: version, module, pause.',
      }),
    );
  });

  it('counts a name that every object has as unknown', () => {
    expect(() => resolved({}, { toString: 'x' })).toThrow(
      expect.objectContaining({
        message:
          'The playbook\'s parameters are not right: "toString" (inventory.yaml:12) is not a parameter of this playbook.',
        remedy: 'Leave it out: this playbook has no parameters.',
      }),
    );
  });
});
