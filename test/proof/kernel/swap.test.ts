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
const tell = (row: SwapRow): void => {
  rows.push(row);
  // Whoever ends it early has seen this much.
  log(JSON.stringify(row));
};
const target = fileURLToPath(new URL('../../../docs/tables/kernel.md', import.meta.url));
const ours = '`ovsfleet run playbooks/modules.ts`';
const raw = '`ovs-ctl force-reload-kmod`';

// A host takes minutes for it on an emulated processor when the machine is busy with more.
const patience = { deadline: '40m' };

// An emulated processor on two busy cores: what is measured is in the table, this only tells it from an outage.
const MOST_MS = 300_000;

const timed = async <T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly tookMs: number }> => {
  const began = Date.now();
  const result = await act();
  return { result, tookMs: Date.now() - began };
};

afterAll(async () => {
  process.stdout.write(`\n${page(rows)}\n`);
  // A part of it is for whoever tries something out.
  const whole = kinds.reduce((sum, { byHand, byUs }) => sum + byHand.length + byUs.length, 0);
  if (rows.length === whole) await writeFile(target, page(rows));
});

const said = ({ status, trouble }: { readonly status: number; readonly trouble: string }): string =>
  `${status === 124 ? 'hung, killed' : `status ${status}`}${trouble === '' ? '' : `; ${trouble}`}`;

/** What is to become of each, where a host is exchanged by us. */
const fates = {
  good: { outcome: 'changed', version: MODULE_VERSION },
  'refuses to work': { outcome: 'undone', version: '' },
} as const;

describe.each(kinds)('the module in memory is exchanged under a guest on a host with $owner', (kind) => {
  let pair: Pair;

  beforeAll(async () => {
    await installMachineTools(log);
    pair = await bringPairUp(kind);
  }, HOUR);
  afterAll(async () => pair?.remove());

  test.each(kind.byHand)("by Open vSwitch's own command to compare, a module that is: %s", async (module) => {
    const { machine, prober } = pair;
    await machine.restore(WIRED);
    await installByHand(machine, module === 'good' ? MODULE_SOURCE : BROKEN_SOURCE);
    const { loss, result } = await whilePinging(prober, GUEST, () => timed(() => forceReload(machine)));
    tell({ owner: kind.owner, module, way: raw, loss, tookMs: result.tookMs, ended: said(result.result) });
    // Whoever loses nothing here was not exchanged.
    expect(loss.lost).toBeGreaterThan(0);
  });

  test.each(kind.byUs)('by ours, a module that is: $module, SSH over $way', async ({ module, way }) => {
    const { machine, prober } = pair;
    const { outcome, version } = fates[module];
    await machine.restore(WIRED);
    if (way === 'br-ex') await hangSshOnBridge(machine);
    const before = await look(machine);
    const { image } = machine;
    const wanted = await builtModules(module === 'good' ? image.modules : image.brokenModules);
    const { loss, result } = await whilePinging(prober, GUEST, () =>
      timed(() => modules(machine, 'run', { ...wanted, now: 'reload', ...patience })),
    );

    const run = result.result;
    const { owner } = kind;
    tell({
      owner: way === 'br-ex' ? `${owner}, SSH over br-ex` : owner,
      module,
      way: ours,
      loss,
      tookMs: result.tookMs,
      ended: outcomes(run.events)[machine.name] ?? '',
    });
    expect(outcomes(run.events)[machine.name], reasonOf(run.events, machine.name) + wordsOf(run)).toBe(outcome);
    expect(run.code).toBe(outcome === 'changed' ? 0 : 1);
    expect(await inMemory(machine)).toBe(version);
    expect(await machine.say('modinfo -n openvswitch')).toContain(outcome === 'changed' ? '/extra/' : '/kernel/');
    // Flows, groups, meters, ports and their numbers, addresses and routes of internal ports, and no flag left set.
    expect(await look(machine)).toBe(before);
    expect(loss.back).toBe(true);
    expect(loss.longestGapMs).toBeLessThan(MOST_MS);
    const warned = eventsOf(run.events, 'warning').map(({ problem }) => problem.message);
    expect(warned.some((message) => message.includes('over bridge br-ex'))).toBe(way === 'br-ex');
  });
});
