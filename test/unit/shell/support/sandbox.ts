import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatchPart, frameReader, type LibrarySource, type LockText } from '../../../../src/shell/index.ts';
import { joined } from './parts.ts';
import { runShell, type Shell } from './shells.ts';

export const nonce = '0123456789abcdef';

const batchLibrary = await readFile(new URL('../../../../templates/host/batch.sh', import.meta.url), 'utf8');

/** batch.sh, and after it what a test puts in the place of one of its words, such as `sleep`. */
export const libraries =
  (instead = ''): LibrarySource =>
  (name) =>
    name === 'batch' ? `${batchLibrary}\n${instead}` : '';

/** How a run takes a host, where a test is not about that. */
export const lockOf = (run: string, more: Partial<LockText> = {}): LockText => ({
  run,
  owner: `tester@controller:/fleet-of-${run}`,
  earlier: [],
  whenTaken: 'refuse',
  waitSeconds: 0,
  ...more,
});

export interface BatchRun {
  readonly parts: readonly BatchPart[];
  /** The same, one readable line a part: `changed 0 new`, `| output`. */
  readonly told: readonly string[];
  readonly code: number | null;
  readonly stderr: string;
}

export interface Sandbox {
  /** A directory of this test's own, which hosts and tests both see. */
  readonly directory: string;
  run(shell: Shell, program: string, environment?: Readonly<Record<string, string>>): Promise<BatchRun>;
  close(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

const toldOf = (part: BatchPart): string =>
  part.part === 'output' ? `| ${part.text}` : `${part.kind} ${part.index} ${part.text}`.trimEnd();

/**
 * A place with an empty /run and /var/lib of its own, so that batches may lock "the host" and find transactions on it
 * without touching this machine. Ended by `close`.
 */
export const sandbox = async (): Promise<Sandbox> => {
  const directory = await mkdtemp(join(tmpdir(), 'batch-test-'));
  const holder = spawn(
    'unshare',
    [
      ...(isRoot ? [] : ['--map-root-user']),
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs none /run && mount -t tmpfs none /var/lib && echo ready && exec cat >/dev/null',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => {
      throw new Error('unshare --mount does not work here: these tests need root or user namespaces');
    }),
  ]);
  const inside = [
    'nsenter',
    `--target=${holder.pid}`,
    '--mount',
    ...(isRoot ? [] : ['--user', '--preserve-credentials']),
  ];
  return {
    directory,
    async run(shell, program, environment = {}) {
      const parts: BatchPart[] = [];
      const reader = frameReader(nonce, (part) => parts.push(part));
      const ran = await runShell(shell, program, {
        inside,
        environment: { TMPDIR: directory, ...environment },
        onStdout: reader.feed,
      });
      reader.end();
      return { parts: joined(parts), told: joined(parts).map(toldOf), code: ran.code, stderr: ran.stderr };
    },
    async close() {
      const ended = once(holder, 'exit');
      holder.stdin.end();
      await ended;
      await rm(directory, { recursive: true });
    },
  };
};
