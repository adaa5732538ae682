import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applyBatch, type BatchStep, type LibrarySource, sh } from '../../../src/shell/index.ts';
import { libraries, lockOf, nonce } from './support/sandbox.ts';
import { runShell, type Shell, shells } from './support/shells.ts';

const directory = mkdtempSync(join(tmpdir(), 'cut-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const sentinels = join(directory, 'sentinels');

const always = sh`:`;
/** Whatever of it runs leaves a file behind, at whatever place its line is cut off. */
const leavesTraces: BatchStep = {
  read: sh`: >${sentinels}/read`,
  want: 'never',
  ways: [{ title: '', can: always, make: sh`: >${sentinels}/make-with-a-long-name` }],
  withinSeconds: 0,
  limitSeconds: 600,
};
const program = (source: LibrarySource): string =>
  applyBatch([leavesTraces], { nonce, libraries: source, lock: lockOf('run-1') });

/** Runs the program cut off after each of these many bytes, and gives those after which something had been run. */
const ranAfter = async (shell: Shell, text: string, sizes: readonly number[]): Promise<readonly number[]> => {
  rmSync(sentinels, { recursive: true, force: true });
  const file = join(directory, 'program');
  writeFileSync(file, text);
  const ran = await runShell(
    { name: 'bash', argv: ['bash', '-s'] },
    `
    export LC_ALL=C
    program=$(cat ${file}; printf x)
    mkdir ${sentinels}
    for size in ${sizes.join(' ')}; do
      printf %s "\${program:0:size}" | ${shell.argv.join(' ')} >/dev/null 2>&1
      for left in ${sentinels}/*; do
        [ -e "$left" ] || continue
        echo "$size"
        rm -r ${sentinels}
        mkdir ${sentinels}
        break
      done
    done
    `,
  );
  expect(ran.stderr).toBe('');
  return ran.stdout
    .toString('utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};

/** As little as can hold a batch's functions, so that every single byte can be the last. */
const small: LibrarySource = () =>
  [
    'fleet_begin() { :; }',
    'fleet_lock() { :; }',
    'fleet_watch_time() { :; }',
    'fleet_end() { :; }',
    'fleet_frame() { :; }',
    'fleet_step() { fleet_read_$1; fleet_make_$1_1; }',
  ].join('\n');

describe.each(shells)('a program cut off in transit under $name', (shell) => {
  it('runs nothing at all, at whichever byte', async () => {
    const text = program(small);
    // Of the slower shells every fourth byte, and all near the end, where the danger is.
    const apart = shell.name === 'dash' ? 1 : 4;
    const sizes = Array.from({ length: text.length + 1 }, (_, size) => size).filter(
      (size) => size % apart === 0 || size > text.length - 60,
    );
    // The last byte is only the newline after the call.
    expect(await ranAfter(shell, text, sizes)).toEqual([text.length - 1, text.length]);
  });

  it('runs nothing at all, after any tenth line of the real one', async () => {
    const text = program(libraries());
    const lines = [...text.matchAll(/\n/g)]
      .map((found) => found.index + 1)
      .slice(0, -1)
      .filter((_, line) => line % 10 === 0);
    expect(await ranAfter(shell, text, lines)).toEqual([]);
    expect(readdirSync(sentinels)).toEqual([]);
  });
});
