import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { flagsByPlan, refuseStale } from '../../../src/cli/by-plan.ts';
import { flagsOf } from '../../../src/cli/run-flags.ts';
import type { Host } from '../../../src/model/host.ts';
import type { PlanDocument } from '../../../src/model/plan-document.ts';
import { Secret } from '../../../src/model/secret.ts';
import { everything } from '../../../src/model/selection.ts';
import { inventoryRecord } from '../../../src/plan/inventory-record.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const plan: PlanDocument = {
  ...{
    format: 1,
    id: 'plan-1',
    version: '0.1.0',
    machinery: sha256('m'),
    madeAt: 0,
    title: 'T',
    playbook: '/site/p.ts',
  },
  ...{ sources: [{ file: '/site/p.ts', sha256: sha256('p') }], inventory: ['/site/inv.yaml'], limit: 'rack1' },
  selection: everything,
  ...{ params: { version: '3.5.0' }, store: '/site/store', plays: ['Stage', 'Swap'], hosts: {}, scripts: {} },
};

const { playbook, inventory, limit, extra, store } = flagsByPlan('plan.json', plan, flagsOf({}));

describe('a run by a plan', () => {
  it('is told all by the plan', () => {
    expect({ playbook, inventory, limit, extra, store }).toEqual({
      ...{ playbook: '/site/p.ts', inventory: ['/site/inv.yaml'], limit: 'rack1', store: '/site/store' },
      extra: ['{"version":"3.5.0"}'],
    });
  });

  it('may be given what the plan says as well, and another copy of the inventory', () => {
    const flags = flagsOf({ playbook: '/site/p.ts', limit: 'rack1', inventory: ['copy.yaml'], store: '/tmp/store' });
    expect(flagsByPlan('plan.json', plan, flags)).toMatchObject({ inventory: ['copy.yaml'], store: '/tmp/store' });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another playbook', { playbook: '/site/q.ts' }, 'for /site/p.ts, not for /site/q.ts'],
    ['a parameter', { extra: ['version=3.5.1'] }, 'with its own parameters, and -e would change them'],
    ['a permission', { allowDisruption: true }, 'with its own parameters'],
    ['another part of the playbook', { only: ['swap'] }, 'for the whole playbook'],
    ['another limit', { limit: 'rack2' }, "with --limit 'rack1'"],
  ])('refuses %s', (_, argv, says) => {
    expect(() => flagsByPlan('plan.json', plan, flagsOf(argv))).toThrow(
      expect.objectContaining({ code: 'plan.other', message: expect.stringContaining(`plan.json was made ${says}`) }),
    );
  });
});

describe('a run by a plan for a part of a playbook', () => {
  const part: PlanDocument = { ...plan, selection: { ...everything, only: ['swap/*'], skipTags: ['slow'] } };

  it('is for that part, which may be said again, and for no other', () => {
    const by = (argv: Readonly<Record<string, unknown>>) => flagsByPlan('plan.json', part, flagsOf(argv)).selection;
    expect(by({})).toEqual(part.selection);
    expect(by({ only: ['swap/*'], skipTags: ['slow'] })).toEqual(part.selection);
    expect(() => by({ only: ['swap/*'] })).toThrow("made with --only 'swap/*' --skip-tags slow");
  });
});

describe('a plan as a whole', () => {
  it('can be done while nothing it is made of has changed', () => {
    expect(() => refuseStale(plan, { ...plan })).not.toThrow();
  });

  it.each<[string, Partial<PlanDocument>, string]>([
    [
      'when the playbook has changed',
      { sources: [{ file: '/site/p.ts', sha256: sha256('q') }] },
      '/site/p.ts has changed',
    ],
    [
      'when the playbook imports another file',
      { sources: [...plan.sources, { file: '/site/lib.ts', sha256: sha256('l') }] },
      '/site/lib.ts is new',
    ],
    ['when it imports one file less', { sources: [] }, '/site/p.ts is not used any more'],
    ['when a parameter has another value', { params: { version: '3.5.1' } }, 'param version was "3.5.0", is "3.5.1"'],
    ['when there is a new parameter', { params: { ...plan.params, a: 1 } }, 'param a was not there, is 1'],
    ['when its plays are others', { plays: ['Swap', 'Stage'] }, 'its plays are others'],
    ['by another ovsfleet', { version: '0.2.0' }, 'ovsfleet was 0.1.0, is 0.2.0'],
    ['by an ovsfleet with other host programs', { machinery: sha256('n') }, 'the programs of ovsfleet have changed'],
  ])('is refused %s', (_, now, says) => {
    expect(() => refuseStale(plan, { ...plan, ...now })).toThrow(
      expect.objectContaining({ code: 'plan.stale', message: `Plan plan-1 cannot be done any more: ${says}.` }),
    );
  });
});

describe('what a plan keeps of the inventory', () => {
  const host = (vars: Host['vars']): Host => ({
    ...{ name: 'hv01', address: '10.0.0.1', port: 22, user: 'root', groups: ['hv'] },
    vars,
  });
  const varsOf = (vars: Host['vars']) => inventoryRecord(host(vars), sha256).vars;

  it('is no secret, not even its digest', () => {
    const names = ['ansible_password', 'ansible_become_pass', 'vault_token', 'snmp_secret', 'key_passphrase'];
    expect(varsOf(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual({});
    expect(varsOf({ a: new Secret('one') })).toEqual(varsOf({ a: new Secret('two') }));
  });

  it('does not depend on the order of keys, and does on that of lists', () => {
    expect(varsOf({ a: { b: 1, c: 2 } })).toEqual(varsOf({ a: { c: 2, b: 1 } }));
    expect(varsOf({ a: [1, 2] })).not.toEqual(varsOf({ a: [2, 1] }));
  });
});
