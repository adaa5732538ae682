import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** So long a tool of this machine may take: a clone over a slow line takes minutes. */
const limitMs = 900_000;

/** Runs a program of this machine, without a terminal to ask at; rejects with what it said. */
export const tool = async (program: string, args: readonly string[], cwd?: string): Promise<string> => {
  const { stdout } = await run(program, [...args], {
    cwd,
    timeout: limitMs,
    maxBuffer: 64 << 20,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  });
  return stdout;
};

/** What a program said when it failed, on one line. */
export const saidBy = (error: unknown): string => {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const text = said.trim() === '' && error instanceof Error ? error.message : said;
  return text.trim().split('\n').slice(-2).join(' / ');
};
