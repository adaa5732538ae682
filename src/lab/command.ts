import { spawn } from 'node:child_process';
import { FleetError } from '../model/error.ts';

/** How a local command ended, with what it printed. */
export interface CommandResult {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** The command and all its children are killed after this many milliseconds. */
  readonly limitMs: number;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Each line of stdout and stderr as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');

const lineSplitter = (onLine: (line: string) => void): ((chunk: string) => void) => {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
};

/**
 * Runs a command to its end and returns the result, whatever the exit code.
 * Rejects with `lab.command-not-started` or `lab.timeout`, or with the signal's reason when it is aborted.
 */
export const tryRun = (argv: readonly string[], options: CommandOptions): Promise<CommandResult> => {
  const [file = 'false', ...args] = argv;
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    // A process group of its own, so that killing it takes apt's and chroot's children along.
    const child = spawn(file, args, {
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...options.env },
    });
    let stdout = '';
    let stderr = '';
    const split = options.onLine === undefined ? undefined : lineSplitter(options.onLine);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      split?.(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      split?.(chunk);
    });
    const killGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself in the meantime.
      }
    };
    let stopped: unknown;
    const timer = setTimeout(() => {
      stopped = new FleetError({
        code: 'lab.timeout',
        message: `"${argv.join(' ')}" did not end within ${options.limitMs / 1000} s: ${lastLines(stderr || stdout, 3)}`,
        remedy: `run it by hand to see what it waits for: ${argv.join(' ')}`,
      });
      killGroup();
    }, options.limitMs);
    const onAbort = (): void => {
      stopped = signal?.reason;
      killGroup();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (cause) => {
      done();
      reject(
        new FleetError(
          {
            code: 'lab.command-not-started',
            message: `${file} could not be started: ${cause.message}`,
            remedy: `install ${file}`,
          },
          cause,
        ),
      );
    });
    child.on('close', (code) => {
      done();
      if (stopped === undefined) resolve({ code, stdout, stderr });
      else reject(stopped);
    });
    child.stdin?.on('error', () => {
      // The command ended without reading all of it; its exit code tells the rest.
    });
    child.stdin?.end(options.input);
  });
};

/** Runs a command that must succeed; returns its stdout. Rejects with `lab.command-failed` naming the last lines it printed. */
export const run = async (argv: readonly string[], options: CommandOptions): Promise<string> => {
  const result = await tryRun(argv, options);
  if (result.code === 0) return result.stdout;
  const said = lastLines(result.stderr || result.stdout, 5);
  throw new FleetError({
    code: 'lab.command-failed',
    message: `"${argv.join(' ')}" ended with ${result.code ?? 'a signal'}: ${said}`,
    remedy: `run it by hand: ${argv.join(' ')}`,
  });
};
