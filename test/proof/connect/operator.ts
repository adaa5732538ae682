import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody who has nothing in their home directory but an inventory of one host and an ssh_config. */
export interface Operator {
  readonly directory: string;
  /** Writes the ssh_config that counts for the host. */
  readonly configure: (lines: readonly string[]) => Promise<void>;
  readonly ovsfleet: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
  readonly remove: () => Promise<void>;
}

export const newOperator = async (): Promise<Operator> => {
  const directory = await mkdtemp(join(tmpdir(), 'ovsfleet-connect-'));
  const home = join(directory, 'home');
  const config = join(directory, 'ssh_config');
  await mkdir(home);
  await writeFile(
    join(directory, 'inventory.yaml'),
    `all: {hosts: {hv01: {ansible_ssh_common_args: '-F ${config}'}}}\n`,
  );
  return {
    directory,
    configure: (lines) => writeFile(config, `${lines.join('\n')}\n`),
    ovsfleet: ([command = '', ...args], env = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [main, command, '-i', 'inventory.yaml', ...args],
          { cwd: directory, env: { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1', ...env } },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : error.code;
            resolve({ code: typeof code === 'number' ? code : -1, stdout, stderr });
          },
        );
        child.stdin?.end();
      }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};
