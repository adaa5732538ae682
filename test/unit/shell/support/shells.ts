import { spawn } from 'node:child_process';

/** The shells that a host may have as /bin/sh: Debian's, EL's, and that of small images. */
export const shells: readonly Shell[] = [
  { name: 'dash', argv: ['dash', '-s'] },
  { name: 'bash as sh', argv: ['bash', '--posix', '-s'] },
  { name: 'busybox sh', argv: ['busybox', 'sh', '-s'] },
];

export interface Shell {
  readonly name: string;
  readonly argv: readonly string[];
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  /** Puts itself before the shell: `nsenter …`. */
  readonly inside?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStdout?: (chunk: Buffer) => void;
}

/** Feeds the program to the shell by stdin, as a host gets it. A UTF-8 locale, since that is where `${#x}` counts letters. */
export const runShell = (shell: Shell, program: string, options: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = [...(options.inside ?? []), ...shell.argv];
    const child = spawn(command, args, {
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own, as sshd gives each.
      detached: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      options.onStdout?.(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(program);
  });
