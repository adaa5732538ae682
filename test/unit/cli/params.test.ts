import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfiguredParams } from '../../../src/cli/configured-params.ts';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { givenParams } from '../../../src/cli/params.ts';
import { loadInventory } from '../../../src/inventory/index.ts';
import { param } from '../../../src/playbook/index.ts';

const specs = {
  version: param.version('release'),
  cflags: param.string('flags'),
  source: param.file('tarball'),
  key: param.file('signing key'),
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'params-test-'));
  await mkdir(join(directory, 'site', 'group_vars'), { recursive: true });
  await writeFile(
    join(directory, 'site', 'hosts.yaml'),
    'all:\n  hosts:\n    hv01:\n  vars:\n    ovsfleet_params:\n      version: "3.5.0"\n      source: releases/ovs.tar.gz\n      other: 1\n',
  );
  await writeFile(join(directory, 'first.yaml'), 'all:\n  hosts:\n    hv00:\n');
  await writeFile(join(directory, 'extra.yaml'), 'version: "2.17.12"\n');
});
afterAll(() => rm(directory, { recursive: true }));

const given = async (
  extras: readonly string[],
  files: readonly string[] = ['first.yaml'],
  configured: ConfiguredParams | null = null,
) => {
  const inventory = await loadInventory(
    files.map((file) => join(directory, file)),
    { defaultUser: 'root', home: '/root', run: runInventoryProgram },
  );
  const params = await givenParams(extras, configured, inventory, specs);
  return Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
};

describe('a parameter given with -e', () => {
  it.each<[string, Readonly<Record<string, string | number>>]>([
    ['version=3.5.0', { version: '3.5.0' }],
    ['version=3.5.0 cflags=-O2', { version: '3.5.0', cflags: '-O2' }],
    ['cflags=-g -O2', { cflags: '-g -O2' }],
    ['cflags=-g -O2 -DX=1', { cflags: '-g -O2 -DX=1' }],
    ['cflags=-g -O2 version=3.5.0', { cflags: '-g -O2 version=3.5.0' }],
    ['cflags=a=b', { cflags: 'a=b' }],
    ['cflags=', { cflags: '' }],
    ['{"version": "3.5.0", "cflags": 1}', { version: '3.5.0', cflags: 1 }],
  ])('%s', async (text, values) => {
    expect(await given([text])).toEqual(values);
  });

  it('takes what a run has written down of a secret for nothing said, so that the inventory says it', async () => {
    const site = [join('site', 'hosts.yaml')];
    expect(await given(['{"version":"‹secret›","cflags":"-O2"}'], site)).toMatchObject({
      version: '3.5.0',
      cflags: '-O2',
    });
  });

  it('as @FILE is read from that file', async () => {
    expect(await given([`@${join(directory, 'extra.yaml')}`])).toEqual({ version: '2.17.12' });
  });

  it.each(['3.5.0', '-DX=1', '{"version": ', '@/nonexistent/file', '{"a": 1} b'])(
    '%s is refused, with what to write',
    async (text) => {
      await expect(given([text])).rejects.toThrow(expect.objectContaining({ code: 'input.extra-vars' }));
    },
  );

  it('wins over the inventory, and over one given before it', async () => {
    expect(await given(['version=1.0.0', 'version=2.0.0'], ['site'])).toMatchObject({ version: '2.0.0' });
  });
});

describe('parameters in the inventory', () => {
  it('are left out when the playbook does not know them', async () => {
    expect(Object.keys(await given([], ['site']))).toEqual(['version', 'source']);
  });

  it('that are paths count from the file that they are written in, not from the first inventory', async () => {
    expect(await given([], ['first.yaml', 'site'])).toMatchObject({
      source: join(directory, 'site', 'releases', 'ovs.tar.gz'),
    });
  });
});

describe('parameters in the configuration', () => {
  const said = { value: { version: '1.1.1', key: 'keys/a.pem', other: 1 }, from: 'ovsfleet.yaml:3', directory: '/srv' };

  it('hold where nothing else says them, paths counting from their file; unknown ones are for other playbooks', async () => {
    expect(await given([], ['first.yaml'], said)).toEqual({ version: '1.1.1', key: '/srv/keys/a.pem' });
  });

  it('give way to the inventory, and that to -e', async () => {
    expect(await given([], ['site'], said)).toMatchObject({ version: '3.5.0', key: '/srv/keys/a.pem' });
    expect(await given(['version=9.9.9'], ['site'], said)).toMatchObject({ version: '9.9.9' });
  });
});

describe('a path given with -e', () => {
  it('counts from where ovsfleet is called, and is kept whole for a resume from elsewhere', async () => {
    expect(await given(['key=keys/module.pem', 'source=/srv/ovs.tar.gz'])).toEqual({
      key: join(process.cwd(), 'keys', 'module.pem'),
      source: '/srv/ovs.tar.gz',
    });
  });
});
