import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Facts } from '../../../src/model/facts.ts';
import type { Rollout } from '../../../src/model/rollout.ts';
import {
  buildersFor,
  type HostView,
  param,
  platformOf,
  playbook,
  type ResolvedPlay,
  step,
} from '../../../src/playbook/index.ts';
import type { RolloutInput } from '../../../src/playbook/rollout-input.ts';
import { sh } from '../../../src/shell/index.ts';

const facts: Facts = {
  distro: 'debian',
  distroVersion: '12',
  kernel: '6.1.0-18-amd64',
  arch: 'x86_64',
  init: 'systemd',
  ovs: null,
  openstack: null,
};
const hv01: HostView = { facts, host: { name: 'hv01', groups: ['hypervisors'], vars: { rack: 'r1' } } };
const says = (want: string) => step('says', { read: sh`a`, want, make: sh`b` });
const given = (value: string) => ({ version: { value, from: '-e' } });

/** The first play of a playbook with these parameters given. */
const firstPlay = (rollout: RolloutInput): ResolvedPlay | undefined => withRollout(rollout).resolve({}).plays[0];
const withRollout = (rollout: RolloutInput) =>
  playbook({ title: 'P', params: {}, plays: [{ title: 'A', hosts: 'all', rollout, steps: () => [] }] });

describe('a playbook', () => {
  it('makes the tree of a host from parameters, facts and what the inventory says of the host', () => {
    const book = playbook({
      title: 'P',
      params: { version: param.version('release') },
      plays: [
        {
          title: 'A',
          hosts: 'hypervisors:!quarantined',
          steps: ({ params, facts, host }) =>
            says([params.version, facts.kernel, host.name, host.vars['rack']].join(' ')),
        },
      ],
    });
    const [play] = book.resolve(given('3.5.0')).plays;
    expect(play?.hosts).toEqual({ kind: 'pattern', pattern: 'hypervisors:!quarantined' });
    expect(play?.nodes(hv01)).toMatchObject([{ title: 'says', want: '3.5.0 6.1.0-18-amd64 hv01 r1' }]);
  });

  it('can be resolved again with other parameters', () => {
    const book = playbook({
      title: 'P',
      params: { version: param.version('release') },
      plays: [{ title: 'A', hosts: 'all', steps: ({ params }) => says(params.version) }],
    });
    const wants = ['2.17.0', '3.5.0'].map((version) => book.resolve(given(version)).plays[0]?.nodes(hv01));
    expect(wants).toMatchObject([[{ want: '2.17.0' }], [{ want: '3.5.0' }]]);
  });

  it('asks builders for what each host needs', () => {
    const book = playbook({
      title: 'P',
      params: { version: param.version('release') },
      plays: [
        {
          title: 'Build',
          hosts: buildersFor('hypervisors'),
          builds: ({ params, facts }) => ({
            id: params.version,
            platform: platformOf(facts),
            node: says(params.version),
          }),
        },
      ],
    });
    const hosts = book.resolve(given('3.5.0')).plays[0]?.hosts;
    expect(hosts).toMatchObject({ kind: 'builders', for: 'hypervisors', group: 'builders' });
    expect(hosts?.kind === 'builders' ? hosts.needed(hv01) : null).toMatchObject([
      {
        id: '3.5.0',
        platform: 'debian-12-x86_64',
        node: { want: '3.5.0' },
      },
    ]);
  });

  it('goes over all hosts in one wave, ten at a time, and stops at the first failure, unless told', () => {
    const unless = {
      ...{ waves: [], concurrency: 10, stopAfterFailures: 1, maxUnavailable: null, pauseMs: 0, canary: null },
      ...{ order: { by: 'inventory' }, spread: null, windows: [], perHostMs: null },
    };
    expect(firstPlay({})?.rollout).toEqual(unless);
    expect(firstPlay({ canary: '', spread: '', window: '' })?.rollout).toEqual(unless);
    expect(
      firstPlay({ waves: [1, '50%'], concurrency: 4, stopAfterFailures: '10%', pause: '1m30s' })?.rollout,
    ).toMatchObject({ waves: [1, '50%'], concurrency: 4, stopAfterFailures: '10%', pauseMs: 90_000 });
  });

  it.each<[string, RolloutInput, Partial<Rollout>]>([
    ['a seed of its own for a shuffle', { order: { shuffle: 'x' } }, { order: { by: 'shuffle', seed: 'x' } }],
    ['a seed of the run unless told', { order: 'shuffle' }, { order: { by: 'shuffle', seed: null } }],
    ['never two of a rack', { spread: 'rack' }, { spread: { by: 'rack', rule: 'never-two' } }],
    [
      'a rack after the other',
      { spread: { by: 'rack', finish: true } },
      { spread: { by: 'rack', rule: 'each-first' } },
    ],
    [
      'the longest time per host of its windows',
      {
        window: [
          { from: '01:00', to: '05:00', zone: 'UTC', perHost: '20m' },
          { from: '13:00', to: '14:00', zone: 'UTC', perHost: '5m' },
        ],
      },
      { perHostMs: 1_200_000 },
    ],
  ])('reads %s', (_, input, rollout) => {
    expect(firstPlay(input)?.rollout).toMatchObject(rollout);
  });

  it('names the play whose window is none', () => {
    expect(() => firstPlay({ window: 'tuesday night' })).toThrow('A: window: "tuesday night" is no window.');
  });

  it('takes its rollout from parameters', () => {
    const book = playbook({
      title: 'P',
      params: {
        pause: param.duration('between waves', { default: '5m' }),
        at_once: param.count('hosts', { default: 2 }),
      },
      plays: [
        {
          title: 'A',
          hosts: 'all',
          rollout: (params) => ({ pause: params.pause, concurrency: params.at_once }),
          steps: () => [],
        },
      ],
    });
    expect(book.resolve({}).plays[0]?.rollout).toMatchObject({ pauseMs: 300_000, concurrency: 2 });
  });

  it('names the play whose pause is no duration', () => {
    expect(() => firstPlay({ pause: '10 minutes' })).toThrow('A: pause: "10 minutes" is not a duration.');
  });

  it('refuses two plays of one title', () => {
    const play = { title: 'A', hosts: 'all', steps: () => [] };
    expect(() => playbook({ title: 'P', params: {}, plays: [play, play] })).toThrow('Two plays of "P" are called "A".');
  });
});

describe('the types of a playbook', () => {
  it('give each parameter the type of its kind, in steps, builds, preflight and rollout', () => {
    const book = playbook({
      title: 'P',
      params: {
        version: param.version('a'),
        allowed: param.boolean('b', { default: false }),
        at_once: param.count('c'),
        failures: param.share('d'),
        waves: param.shares('e'),
        module: param.oneOf('f', ['ours', 'in-tree']),
      },
      plays: [
        {
          title: 'A',
          hosts: 'all',
          rollout: (params) => {
            expectTypeOf(params.waves).toEqualTypeOf<readonly (number | `${number}%`)[]>();
            return { waves: params.waves, concurrency: params.at_once, stopAfterFailures: params.failures };
          },
          preflight: ({ params }) => {
            expectTypeOf(params.allowed).toEqualTypeOf<boolean>();
            return [];
          },
          steps: ({ params, facts, host }) => {
            expectTypeOf(params).toEqualTypeOf<{
              readonly version: string;
              readonly allowed: boolean;
              readonly at_once: number;
              readonly failures: number | `${number}%`;
              readonly waves: readonly (number | `${number}%`)[];
              readonly module: 'ours' | 'in-tree';
            }>();
            expectTypeOf(facts).toEqualTypeOf<Facts>();
            expectTypeOf(host.name).toEqualTypeOf<string>();
            // @ts-expect-error: a mistyped parameter
            return says(params.versoin);
          },
        },
        {
          title: 'B',
          hosts: buildersFor('all'),
          builds: ({ params }) => {
            expectTypeOf(params.module).toEqualTypeOf<'ours' | 'in-tree'>();
            return { id: params.version, platform: 'p', node: says('x') };
          },
        },
      ],
    });
    expect(Object.keys(book.params)).toHaveLength(6);
  });

  it('refuse a default that is no choice, and a play that says neither steps nor builds', () => {
    // @ts-expect-error: `theirs` is not among the choices
    param.oneOf('module', ['ours', 'in-tree'], { default: 'theirs' });
    // @ts-expect-error: steps are missing
    playbook({ title: 'P', params: {}, plays: [{ title: 'A', hosts: 'all' }] });
    // @ts-expect-error: a step says what it wants
    const wantless = (): unknown => step('a', { read: sh`a`, make: sh`b` });
    // @ts-expect-error: a shell script is made by sh, which quotes
    const unquoted = (): unknown => step('a', { read: 'cat /etc/motd', want: 'b', make: sh`b` });
    expect([wantless, unquoted]).toHaveLength(2);
  });
});
