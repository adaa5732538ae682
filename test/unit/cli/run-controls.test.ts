import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeFlags } from '../../../src/cli/change-options.ts';
import { openFleet } from '../../../src/cli/fleet.ts';
import { runControls } from '../../../src/cli/run-controls.ts';
import { playbook } from '../../../src/playbook/index.ts';
import type { RolloutInput } from '../../../src/playbook/rollout-input.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-controls-'));
  await inventory('');
});
afterEach(() => rm(directory, { recursive: true }));

const inventory = (vars: string): Promise<void> =>
  writeFile(join(directory, 'hosts.yaml'), `all:\n  hosts:\n    hv[01:04]:\n  vars: {${vars}}\n`);
const policy = (text: string): Promise<void> => writeFile(join(directory, 'ovsfleet-policy.yaml'), text);
const said: ChangeFlags = {
  whenClosed: 'pause',
  ticket: null,
  confirmHosts: null,
  policies: [],
  eachStep: 'go',
  atMost: null,
};

const controls = async (
  mode: 'apply' | 'check',
  rollout: RolloutInput = {},
  flags: Partial<ChangeFlags> = {},
  fleetDirectory?: string,
) => {
  const inventory = [join(directory, 'hosts.yaml')];
  const fleet = await openFleet({ inventory, limit: undefined, user: 'root', fleetDirectory });
  expect(fleet.directory).toBe(fleetDirectory ?? directory);
  const book = playbook({ title: 'P', params: {}, plays: [{ title: 'A', hosts: 'all', rollout, steps: () => [] }] });
  const hosts = fleet.select('all');
  // A host that two plays are for is one host.
  return runControls({
    ...{ fleet, playbook: book.resolve({}), hosts: [...hosts, ...hosts], mode, flags: { ...said, ...flags } },
  });
};

describe('what a site and an operator say of a run', () => {
  it('is nothing unless they say it', async () => {
    const { controls: nothing, warnings } = await controls('apply');
    expect(nothing).toMatchObject({ whenClosed: 'pause', hooks: [], frozen: [], maxConcurrency: null });
    expect(nothing.measured('A')).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('comes from the policy beside the inventory and from flags', async () => {
    await policy('max_concurrency: 2\nmax_hosts: 4\nfrozen: { zone: UTC, dates: [2026-12-24] }\n');
    const { controls: found } = await controls('apply', {}, { whenClosed: 'sleep' });
    expect(found).toMatchObject({ whenClosed: 'sleep', maxConcurrency: 2, frozen: [{ zone: 'UTC' }] });
  });

  it('refuses a run that the policy does not allow, and warns when it is only planned', async () => {
    await policy('max_hosts: 3\n');
    await expect(controls('apply')).rejects.toMatchObject({ code: 'policy.max_hosts', facts: { hosts: 4 } });
    expect((await controls('check')).warnings).toMatchObject([{ code: 'policy.max_hosts', facts: { hosts: 4 } }]);
  });

  it('counts policies that the operator names besides, and the strictest wins; one that is not there is refused', async () => {
    await policy('max_concurrency: 4\n');
    const file = join(directory, 'own.yaml');
    await writeFile(file, 'max_concurrency: 3\n');
    expect((await controls('apply', {}, { policies: [file] })).controls.maxConcurrency).toBe(3);
    await writeFile(file, 'max_concurrency: 40\n');
    expect((await controls('apply', {}, { policies: [file] })).controls.maxConcurrency).toBe(4);
    const none = controls('apply', {}, { policies: [join(directory, 'none.yaml')] });
    await expect(none).rejects.toMatchObject({ code: 'policy.unreadable' });
  });

  it('comes from the policy beside the inventory also where runs are kept elsewhere', async () => {
    await policy('max_hosts: 3\n');
    const elsewhere = join(directory, 'elsewhere');
    await expect(controls('apply', {}, {}, elsewhere)).rejects.toMatchObject({ code: 'policy.max_hosts' });
  });

  it('never has more hosts in flight than --forks says, and never more than a policy allows', async () => {
    expect((await controls('apply', {}, { atMost: 5 })).controls.maxConcurrency).toBe(5);
    await policy('max_concurrency: 2\n');
    expect((await controls('apply', {}, { atMost: 5 })).controls.maxConcurrency).toBe(2);
    expect((await controls('apply', {}, { atMost: 1 })).controls.maxConcurrency).toBe(1);
  });

  it('refuses a host whose window is not to be understood, before anything is connected to', async () => {
    await inventory('maintenance_window: whenever');
    await expect(controls('check')).rejects.toThrow('hv01: maintenance_window: "whenever" is no window.');
  });

  it('refuses a canary that names nobody: it must not be passed over', async () => {
    await expect(controls('check', { canary: 'canareis' })).rejects.toThrow(/canareis/);
  });
});
