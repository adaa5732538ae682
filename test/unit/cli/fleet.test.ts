import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFleet } from '../../../src/cli/fleet.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleet-test-'));
  await mkdir(join(directory, 'site'));
  const hosts =
    'all:\n  children:\n    hypervisors:\n      hosts:\n        hv[01:04]:\n    builders:\n      hosts:\n        b1:\n';
  await writeFile(join(directory, 'hosts.yaml'), hosts);
  await writeFile(join(directory, 'site', 'hosts.yaml'), hosts);
});
afterAll(() => rm(directory, { recursive: true }));

const open = (inventory: string, limit?: string) => openFleet({ inventory: [inventory], limit, user: 'root' });
const names = (hosts: readonly { readonly name: string }[]): readonly string[] => hosts.map(({ name }) => name);

describe('a fleet', () => {
  it('keeps its runs beside its inventory, or in it when that is a directory', async () => {
    expect((await open(join(directory, 'hosts.yaml'))).directory).toBe(directory);
    expect((await open(join(directory, 'site'))).directory).toBe(join(directory, 'site'));
    expect((await open('hv01,hv02,')).directory).toBe(process.cwd());
  });

  it('that is limited still knows all its builders', async () => {
    const fleet = await open(join(directory, 'hosts.yaml'), 'hv02:hv03');
    expect(names(fleet.select('hypervisors'))).toEqual(['hv02', 'hv03']);
    expect(names(fleet.select('builders'))).toEqual([]);
    expect(names(fleet.selectAll('builders'))).toEqual(['b1']);
  });

  it('without limit is all of it', async () => {
    expect(names((await open(join(directory, 'hosts.yaml'))).select('hypervisors'))).toHaveLength(4);
  });

  it('limited to nothing is refused, and so is a limit that names nobody', async () => {
    const inventory = join(directory, 'hosts.yaml');
    await expect(open(inventory, 'hypervisors:!hypervisors')).rejects.toMatchObject({
      code: 'inventory.empty-selection',
    });
    await expect(open(inventory, 'hv99')).rejects.toMatchObject({ code: expect.stringMatching(/^inventory\./) });
  });
});
