import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp } from './support/bring-up.ts';

const NAME = 'test-scale';
/** `npm run proof:scale` asks 200; every hypervisor of a small site is enough for every day. */
const count = Number(process.env['OVSFLEET_SCALE'] ?? 20);

/** The lines that were printed for hosts that answered alike: `ssh[001-020] (20)`. */
const folded = (digits: string): string => `ssh[001-${digits}] (${count})`;

describe(`${count} hosts with nothing but sshd`, () => {
  let lab: Lab;
  const last = String(count).padStart(3, '0');
  const ask = async (words: readonly string[]) => {
    const result = await lab.run([
      process.execPath,
      'dist/cli/main.js',
      ...words.slice(0, 2),
      '-i',
      lab.inventoryFile,
      ...words.slice(2),
    ]);
    return { code: result.code, said: result.stdout, stderr: result.stderr };
  };

  beforeAll(async () => {
    lab = await bringUp(NAME, { ssh: count });
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('run a command at once, and print what they all say under one heading', async () => {
    const { code, said, stderr } = await ask(['exec', 'all', '--', 'echo hello; uname -s']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(said).toBe(`${folded(last)}\nhello\nLinux\n`);
  });

  test('tell their facts, all alike', async () => {
    const { code, said } = await ask(['facts', 'all']);
    expect(code).toBe(0);
    expect(said.split('\n')[0]).toBe(folded(last));
    expect(said).toContain('"init": "other"');
  });

  test('print the one that differs apart, and fail for it', async () => {
    const { code, said } = await ask([
      'exec',
      'all',
      '--',
      'case $(hostname) in ssh007) echo odd; exit 3;; *) echo even;; esac',
    ]);
    expect(code).toBe(1);
    expect(said).toContain('ssh007 (1)\nodd\n(exit status 3)');
    expect(said).toContain(`ssh[001-006,008-${last}] (${count - 1})\neven`);
  });
});
