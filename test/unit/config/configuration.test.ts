import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/config/index.ts';

let base = '';
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'ovsfleet-config-')));
  await mkdir(join(base, 'home/.config/ovsfleet'), { recursive: true });
  await mkdir(join(base, 'fleet/site/deep'), { recursive: true });
});
afterEach(() => rm(base, { recursive: true }));

const write = (path: string, text: string): Promise<void> => writeFile(join(base, path), text);
const read = (at = 'fleet/site/deep', environment: Readonly<Record<string, string>> = {}, named?: string) =>
  readConfiguration({ named, environment, workingDirectory: join(base, at), home: join(base, 'home') });
const value = async (name: string, ...where: Parameters<typeof read>) => {
  const found = (await read(...where)).settings.get(name);
  return found === undefined ? null : [found.value, found.from.replace(base, '')];
};

describe('what is configured', () => {
  it('is nothing where nobody says anything', async () => {
    expect(await read()).toEqual({ settings: new Map(), files: [], warnings: [] });
  });

  it('is said by the environment, then by the nearest file upwards, then by the user, each name by itself', async () => {
    await write('ovsfleet.yaml', 'forks: 1\n');
    await write('fleet/ovsfleet.yaml', 'forks: 2\nuser: deploy\n');
    await write('home/.config/ovsfleet/ovsfleet.yaml', 'forks: 3\nuser: me\ndiff: true\n');
    expect(await value('forks')).toEqual([2, '/fleet/ovsfleet.yaml:1']);
    expect(await value('forks', 'fleet', { OVSFLEET_FORKS: '9' })).toEqual([9, 'OVSFLEET_FORKS']);
    expect(await value('user')).toEqual(['deploy', '/fleet/ovsfleet.yaml:2']);
    expect(await value('diff')).toEqual([true, '/home/.config/ovsfleet/ovsfleet.yaml:3']);
  });

  it('is said by the file that is named alone, with --config or OVSFLEET_CONFIG', async () => {
    await write('fleet/ovsfleet.yaml', 'forks: 2\n');
    await write('home/.config/ovsfleet/ovsfleet.yaml', 'user: me\n');
    await write('other.yaml', 'verbose: 1\n');
    expect([...(await read('fleet', {}, '../other.yaml')).settings.keys()]).toEqual(['verbose']);
    expect([...(await read('fleet', { OVSFLEET_CONFIG: join(base, 'other.yaml') })).settings.keys()]).toEqual([
      'verbose',
    ]);
    await expect(read('fleet', {}, 'none.yaml')).rejects.toMatchObject({ code: 'config.unreadable' });
  });

  it('has paths that count from the file, and lists of hosts that are no paths', async () => {
    await write('fleet/ovsfleet.yaml', 'inventory: [hosts.yaml, /abs, ~/mine, "h1,h2,"]\nstore: builds\n');
    expect(await value('inventory')).toEqual([
      [join(base, 'fleet/hosts.yaml'), '/abs', join(base, 'home/mine'), 'h1,h2,'],
      '/fleet/ovsfleet.yaml:1',
    ]);
    expect(await value('store')).toEqual([join(base, 'fleet/builds'), '/fleet/ovsfleet.yaml:2']);
  });

  it.each<[string, string, unknown]>([
    ['OVSFLEET_INVENTORY', 'a.yaml:/b', ['fleet/a.yaml', '/b']],
    ['OVSFLEET_INVENTORY', 'h1:22,h2,', ['h1:22,h2,']],
    ['OVSFLEET_DIFF', 'yes', true],
    ['OVSFLEET_DIFF', '0', false],
    ['OVSFLEET_VERBOSE', '2', 2],
    ['OVSFLEET_SSH_CONFIG', 'none', 'none'],
    ['OVSFLEET_SSH_CONFIG', 'none.conf', 'none.conf'],
    ['OVSFLEET_SSH_COMMON_ARGS', '-J bastion', '-J bastion'],
    ['OVSFLEET_VAULT_ID', 'dev@dev.pass', ['dev@dev.pass']],
    ['OVSFLEET_PARAMS', '{"window": "tue 01:00-05:00"}', { window: 'tue 01:00-05:00' }],
  ])('%s=%s', async (variable, text, meant) => {
    const [, setting] = [...(await read('fleet', { [variable]: text })).settings][0] ?? [];
    const told = Array.isArray(setting?.value)
      ? setting.value.map((item) => String(item).replace(`${base}/`, ''))
      : typeof setting?.value === 'string'
        ? setting.value.replace(`${base}/fleet/`, '')
        : setting?.value;
    expect(told).toEqual(meant);
  });

  it('is refused with every mistake in a file together, each with its place and the nearest name', async () => {
    await write('fleet/ovsfleet.yaml', '# ours\nforcs: 2\nuser: root\n  \ndiff: maybe\n');
    await expect(read()).rejects.toMatchObject({ code: 'config.problems', facts: { problems: 2 } });
    await expect(read()).rejects.toThrow(/ovsfleet\.yaml:2:1: there is no setting "forcs"\. Did you mean forks\?/);
    await expect(read()).rejects.toThrow(/ovsfleet\.yaml:5:1: "diff" .* is "maybe", but must be true or false/);
  });

  it.each(['1\n', '[a]\n', 'forks: 1\nforks: 2\n', 'user: [\n', 'forks: -1\n', 'params: 3\n', 'user: ""\nstore: ""\n'])(
    'is refused when the file says %j',
    async (text) => {
      await write('fleet/ovsfleet.yaml', text);
      await expect(read()).rejects.toMatchObject({ remedy: expect.stringMatching(/\S/) });
    },
  );

  it('is YAML 1.2: yes is a text', async () => {
    await write('fleet/ovsfleet.yaml', 'user: yes\n');
    expect(await value('user')).toEqual(['yes', '/fleet/ovsfleet.yaml:1']);
  });

  it('is not taken from where everybody may write, unless that file is named', async () => {
    await write('fleet/ovsfleet.yaml', 'forks: 2\n');
    await write('ovsfleet.yaml', 'forks: 1\n');
    await chmod(join(base, 'fleet'), 0o1777);
    const { settings, warnings } = await read();
    expect(settings.get('forks')?.value).toBe(1);
    expect(warnings).toMatchObject([
      { code: 'config.untrusted', message: expect.stringContaining('fleet/ovsfleet.yaml') },
    ]);
    expect((await read('fleet', {}, 'ovsfleet.yaml')).settings.get('forks')?.value).toBe(2);
  });

  it('is not taken from a file that everybody may write to', async () => {
    await write('fleet/ovsfleet.yaml', 'forks: 2\n');
    await chmod(join(base, 'fleet/ovsfleet.yaml'), 0o666);
    expect((await read()).settings.size).toBe(0);
  });
});
