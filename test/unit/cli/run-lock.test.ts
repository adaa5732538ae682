import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisProcess } from '../../../src/cli/this-process.ts';
import { takeRunLock } from '../../../src/journal/index.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-locked-'));
  // Port 1 of loopback refuses, so that nobody is ever reached.
  await writeFile(
    join(directory, 'inventory.yaml'),
    'all:\n  hosts:\n    hv01: { ansible_host: 127.0.0.1, ansible_port: 1 }\n',
  );
  await writeFile(
    join(directory, 'touch.ts'),
    `import { playbook, sh, step } from 'ovsfleet';
     export default playbook({ title: 'T', params: {}, plays: [
       { title: 'P', hosts: 'all', steps: () => step('a', { read: sh\`echo no\`, want: 'yes', make: sh\`true\` }) } ] });`,
  );
});
afterEach(() => rm(directory, { recursive: true }));

const call = (
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const options = { cwd: directory, env: { ...process.env, NO_COLOR: '1', LC_ALL: 'C.UTF-8' } };
    const child = execFile(process.execPath, [main, ...words, '-i', 'inventory.yaml'], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });

const runs = (): Promise<readonly string[]> => readdir(join(directory, '.ovsfleet', 'runs'));

describe('a fleet that another run is at work on', () => {
  it('is not run or resumed by a second controller, which is told who has it', async () => {
    expect((await call('run', 'touch.ts')).code).toBe(4);
    const [earlier = ''] = await runs();
    const since = Date.UTC(2026, 0, 13, 1, 0, 0);
    const lock = await takeRunLock(directory, '20260113-010000-abcd', since, thisProcess());
    for (const words of [
      ['run', 'touch.ts'],
      ['resume', earlier],
    ]) {
      const { code, stdout, stderr } = await call(...words);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/run 20260113-010000-abcd of \S+ is at work on this fleet since 2026-01-13 01:00:00 UTC/);
      expect(stderr).toContain(`as process ${process.pid} on `);
    }
    await lock.release();
    expect(await runs()).toEqual([earlier]);
  });

  it('can be planned all the same', async () => {
    const lock = await takeRunLock(directory, '20260113-010000-abcd', 0, thisProcess());
    expect((await call('plan', 'touch.ts')).code).toBe(4);
    await lock.release();
  });

  it('is free again when the run has ended', async () => {
    await call('run', 'touch.ts');
    expect(existsSync(join(directory, '.ovsfleet', 'lock'))).toBe(false);
  });

  it('is taken over from a run that was killed, and its name is told', async () => {
    const self = thisProcess();
    await takeRunLock(directory, '20260113-010000-dead', 0, {
      ...self,
      mark: { ...self.mark, pid: 999_999_999, started: '1' },
    });
    const { code, stdout } = await call('run', 'touch.ts');
    expect(code).toBe(4);
    expect(stdout).toContain('Run 20260113-010000-dead of');
    expect(stdout).toContain('was cut off: its process 999999999 is gone.');
  });
});

describe('a run that is kept elsewhere than beside its inventory', () => {
  it('is found by the command that it prints to go on with it', async () => {
    const { stdout } = await call('run', 'touch.ts', '--fleet-directory', 'kept elsewhere', '--transport', 'ssh2');
    const [, command = ''] = /^Go on with: ovsfleet (.+)$/m.exec(stdout) ?? [];
    expect(command).toContain("'--fleet-directory=kept elsewhere' --transport=ssh2");
    const again = spawnSync('sh', ['-c', `"${process.execPath}" "${main}" ${command}`], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(again.stdout).toMatch(/goes on with \S+/);
    expect(again.stdout).toContain(command.split(' -i ')[1]);
    expect(again.status).toBe(4);
    expect(existsSync(join(directory, '.ovsfleet'))).toBe(false);
  });
});
