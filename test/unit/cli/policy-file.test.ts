import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Intent, insistOn, objections } from '../../../src/cli/allowed.ts';
import { parsePolicy, readPolicies } from '../../../src/cli/policy-file.ts';
import { dayOf } from '../../../src/model/dates.ts';
import { concurrencyAllowed } from '../../../src/rollout/index.ts';

const whole = `
max_hosts: 40
max_percent: 10%
max_concurrency: 8
ticket: 'CHG-[0-9]+'
confirm_above: 20
frozen:
  zone: Europe/Paris
  dates: [2026-12-20..2027-01-04, 2026-07-14]
hooks:
  before_run:
    - command: [/usr/local/bin/may-i, --now]
      timeout: 10s
      ask_again: 2m
      give_up: 4h
  after_host:
    - post: https://change.example/told
`;

describe('a policy', () => {
  it('is read from YAML, each limit with its place', () => {
    expect(parsePolicy(whole, 'p.yaml')).toEqual({
      maxHosts: { value: 40, at: 'p.yaml:2' },
      maxPercent: { value: 10, at: 'p.yaml:3' },
      maxConcurrency: { value: 8, at: 'p.yaml:4' },
      ticket: { value: 'CHG-[0-9]+', at: 'p.yaml:5' },
      confirmAbove: { value: 20, at: 'p.yaml:6' },
      frozen: [
        {
          zone: 'Europe/Paris',
          dates: [
            { first: dayOf(2026, 12, 20), last: dayOf(2027, 1, 4) },
            { first: dayOf(2026, 7, 14), last: dayOf(2026, 7, 14) },
          ],
        },
      ],
      hooks: [
        {
          at: 'before-run',
          asks: { kind: 'command', argv: ['/usr/local/bin/may-i', '--now'] },
          ...{ timeoutMs: 10_000, askAgainMs: 120_000, giveUpMs: 14_400_000 },
        },
        {
          at: 'after-host',
          asks: { kind: 'post', url: 'https://change.example/told' },
          ...{ timeoutMs: 30_000, askAgainMs: 60_000, giveUpMs: 3_600_000 },
        },
      ],
    });
  });

  it('that is empty says nothing', () => {
    expect(parsePolicy('# nothing yet\n', 'p.yaml')).toMatchObject({ maxHosts: null, ticket: null, hooks: [] });
  });

  it.each<[string, string, string]>([
    ['a word that it does not have', 'max_host: 3\n', 'p.yaml:1:1: the policy: Unrecognized key: "max_host".'],
    ['half a host', 'confirm_above: 2\nmax_hosts: 1.5\n', 'p.yaml:2:1: max_hosts: '],
    ['a percentage above all', 'max_percent: 200\n', 'p.yaml:1:1: max_percent: a percentage from 0% to 100%'],
    ['a pattern that is none', 'ticket: "CHG-["\n', 'p.yaml:1:1: ticket: a regular expression, such as CHG-[0-9]+.'],
    [
      'a hook that asks nobody',
      'hooks:\n  before_run:\n    - timeout: 3s\n',
      'p.yaml:3:7: hooks.before_run.0: a hook is',
    ],
    ['a zone that there is not', 'frozen: { zone: Mars, dates: [] }\n', 'p.yaml: frozen: "Mars" is no time zone.'],
    [
      'a date that there is not',
      'frozen: { zone: UTC, dates: [2026-02-31] }\n',
      'p.yaml: frozen: "2026-02-31" is no date.',
    ],
    ['what is no YAML', 'max_hosts: [1\n', 'p.yaml:'],
  ])('with %s is refused, with its place', (_, text, message) => {
    expect(() => parsePolicy(text, 'p.yaml')).toThrow(message);
  });
});

describe('policy files', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsfleet-policy-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('that are not there say nothing; all that are there hold', async () => {
    const [site, fleet] = [join(directory, 'site.yaml'), join(directory, 'fleet.yaml')];
    await writeFile(site, 'max_concurrency: 4\n');
    await writeFile(fleet, 'max_concurrency: 40\n');
    expect(await readPolicies([join(directory, 'none.yaml')])).toEqual([]);
    expect(concurrencyAllowed(await readPolicies([site, fleet]))).toBe(4);
  });

  it('that cannot be read keep a run from being done: they may forbid it', async () => {
    const file = join(directory, 'directory.yaml', '..');
    await expect(readPolicies([file])).rejects.toMatchObject({ code: 'policy.unreadable' });
  });
});

const hosts = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `hv${i + 1}`);
const intent = (count: number, flags: Partial<Intent['flags']> = {}): Intent => ({
  title: 'Upgrade',
  hosts: hosts(count),
  inventory: 100,
  flags: { ticket: null, confirmHosts: null, ...flags },
});
const policies = (...texts: readonly string[]) => texts.map((text, i) => parsePolicy(text, `${i}.yaml`));
const typing = (answer: string | null) => {
  const asked: string[] = [];
  return {
    asked,
    operator: {
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    },
  };
};

describe('what policies allow', () => {
  it.each<[string, readonly string[], Intent, readonly string[]]>([
    ['as many hosts as the limit', ['max_hosts: 10'], intent(10), []],
    ['no host more', ['max_hosts: 10'], intent(11), ['policy.max_hosts']],
    ['a share of the inventory', ['max_percent: 10'], intent(10), []],
    ['no host more than the share', ['max_percent: 10%'], intent(11), ['policy.max_percent']],
    ['nothing without a ticket', ['ticket: CHG-[0-9]+'], intent(1), ['policy.ticket']],
    ['nothing with another ticket', ['ticket: CHG-[0-9]+'], intent(1, { ticket: 'see CHG-1' }), ['policy.ticket']],
    ['what has its ticket', ['ticket: CHG-[0-9]+'], intent(1, { ticket: 'CHG-17' }), []],
    ['what all of them allow', ['max_hosts: 50', 'max_hosts: 5'], intent(6), ['policy.max_hosts']],
    ['nothing at all', ['max_hosts: 0', 'ticket: x'], intent(1), ['policy.max_hosts', 'policy.ticket']],
  ])('%s', async (_, texts, what, codes) => {
    expect(objections(policies(...texts), what).map(({ code }) => code)).toEqual(codes);
  });

  it('is told with every reason against it, and where each is written', async () => {
    const refusing = insistOn(policies('max_hosts: 5\nticket: CHG'), intent(6), typing(null).operator);
    await expect(refusing).rejects.toThrow(
      'The run is for 6 hosts, and no more than 5 are allowed (max_hosts in 0.yaml:1). A run needs a ticket that looks like CHG (ticket in 0.yaml:2).',
    );
  });
});

describe('above the number that a policy names, the operator says how many hosts there are', () => {
  const above = policies('confirm_above: 20', 'confirm_above: 5');

  it('and is not asked for fewer', async () => {
    const { operator, asked } = typing(null);
    await insistOn(above, intent(5), operator);
    expect(asked).toEqual([]);
  });

  it('by typing it, with the hosts before their eyes', async () => {
    const { operator, asked } = typing('6');
    await insistOn(above, intent(6), operator);
    expect(asked).toEqual(['Upgrade: hv[1-6]\nHow many hosts are these? ']);
  });

  it.each<[string, string | null, Partial<Intent['flags']>, string]>([
    ['another number', '60', {}, 'you said "60": nothing was done'],
    ['yes', 'yes', {}, 'you said "yes": nothing was done'],
    ['another number as a flag', null, { confirmHosts: 7 }, 'you said "7": nothing was done'],
    [
      'nothing, without a terminal',
      null,
      {},
      'so many that you must say how many they are (confirm_above in 1.yaml:1)',
    ],
  ])('and is refused for %s', async (_, typed, flags, message) => {
    await expect(insistOn(above, intent(6, flags), typing(typed).operator)).rejects.toThrow(message);
  });

  it('or says it as a flag, for there may be no terminal', async () => {
    await insistOn(above, intent(6, { confirmHosts: 6 }), typing(null).operator);
  });
});
