import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROKEN_SOURCE, installMachineTools, MODULE_SOURCE, MODULE_VERSION } from '../../../src/lab/index.ts';
import { eventsOf, outcomes, reasonOf } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, modules, wordsOf } from './ask.ts';
import { inMemory, look } from './look.ts';
import { page, type SwapRow } from './page.ts';
import { bringPairUp, GUEST, kinds, type Pair, WIRED } from './pair.ts';
import { forceReload, installByHand } from './raw.ts';
import { hangSshOnBridge } from './topology.ts';
import { whilePinging } from './watch.ts';

const rows: SwapRow[] = [];
const target = fileURLToPath(new URL('../../../docs/tables/kernel.md', import.meta.url));
const ours = '`ovsfleet run playbooks/modules.ts`';
const raw = '`ovs-ctl force-reload-kmod`';

// An emulated processor on two busy cores: what is measured is in the table, this only tells it from an outage.
const MOST_MS = 120_000;

const timed = async <T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly tookMs: number }> => {
  const began = Date.now();
  const result = await act();
  return { result, tookMs: Date.now() - began };
};

afterAll(async () => {
  process.stdout.write(`\n${page(rows)}\n`);
  await writeFile(target, page(rows));
});

describe.each(kinds)('the module in memory is exchanged under a guest on a host with $owner', (kind) => {
  let pair: Pair;

  beforeAll(async () => {
    await installMachineTools(log);
    pair = await bringPairUp(kind);
  }, HOUR);
  afterAll(async () => pair?.remove());

  test("by Open vSwitch's own command, to compare", async () => {
    const { machine, prober } = pair;
    await machine.restore(WIRED);
    await installByHand(machine, MODULE_SOURCE);
    const { loss, result } = await whilePinging(prober, GUEST, () => timed(() => forceReload(machine)));
    rows.push({ owner: kind.owner, module: 'good', way: raw, loss, tookMs: result.tookMs, ended: said(result.result) });
    expect(loss.lost).toBeGreaterThan(0);
  });

  test('by ours: the wanted module is in memory, and all else as before', async () => {
    const { machine, prober } = pair;
    await machine.restore(WIRED);
    const before = await look(machine);
    const wanted = await builtModules(machine.image.modules);
    const { loss, result } = await whilePinging(prober, GUEST, () =>
      timed(() => modules(machine, 'run', { ...wanted, now: 'reload' })),
    );
    expect(result.result.code, wordsOf(result.result)).toBe(0);
    expect(await inMemory(machine)).toBe(MODULE_VERSION);
    expect(await look(machine)).toBe(before);
    expect(loss.longestGapMs).toBeLessThan(MOST_MS);
    rows.push({ owner: kind.owner, module: 'good', way: ours, loss, tookMs: result.tookMs, ended: 'changed' });
  });

  test('by one that does not work: by hand the host stays dark, by ours it is as before', async () => {
    const { machine, prober } = pair;
    await machine.restore(WIRED);
    await installByHand(machine, BROKEN_SOURCE);
    const dark = await whilePinging(prober, GUEST, () => timed(() => forceReload(machine)));
    rows.push({
      owner: kind.owner,
      module: 'refuses to work',
      way: raw,
      loss: dark.loss,
      tookMs: dark.result.tookMs,
      ended: said(dark.result.result),
    });

    await machine.restore(WIRED);
    const before = await look(machine);
    const wanted = await builtModules(machine.image.brokenModules);
    const { loss, result } = await whilePinging(prober, GUEST, () =>
      timed(() => modules(machine, 'run', { ...wanted, now: 'reload' })),
    );
    expect(outcomes(result.result.events)[machine.name], wordsOf(result.result)).toBe('undone');
    expect(await inMemory(machine)).toBe('');
    expect(await machine.say('modinfo -n openvswitch')).toContain('/kernel/');
    expect(await look(machine)).toBe(before);
    expect(loss.longestGapMs).toBeLessThan(MOST_MS);
    rows.push({
      owner: kind.owner,
      module: 'refuses to work',
      way: ours,
      loss,
      tookMs: result.tookMs,
      ended: 'undone',
    });
  });

  test.each([
    { module: 'good', outcome: 'changed', version: MODULE_VERSION },
    { module: 'refuses to work', outcome: 'undone', version: '' },
  ])('while SSH itself goes over it, by one that is $module: $outcome', async ({ module, outcome, version }) => {
    const { machine, prober } = pair;
    await machine.restore(WIRED);
    await hangSshOnBridge(machine);
    const before = await look(machine);
    const { modules: good, brokenModules: broken } = machine.image;
    const wanted = await builtModules(module === 'good' ? good : broken);
    const { loss, result } = await whilePinging(prober, GUEST, () =>
      timed(() => modules(machine, 'run', { ...wanted, now: 'reload' })),
    );
    const run = result.result;
    expect(outcomes(run.events)[machine.name], reasonOf(run.events, machine.name) + wordsOf(run)).toBe(outcome);
    expect(await inMemory(machine)).toBe(version);
    expect(await look(machine)).toBe(before);
    expect(
      eventsOf(run.events, 'warning')
        .map(({ problem }) => problem.message)
        .join(),
    ).toMatch(/over bridge br-ex/);
    rows.push({
      owner: `${kind.owner}, SSH over br-ex`,
      module,
      way: ours,
      loss,
      tookMs: result.tookMs,
      ended: outcome,
    });
  });
});

const said = ({ status, trouble }: { readonly status: number; readonly trouble: string }): string =>
  `${status === 124 ? 'hung, killed' : `status ${status}`}${trouble === '' ? '' : `; ${trouble}`}`;
