import { spawn } from 'node:child_process';
import { formatDuration } from '../model/duration.ts';
import type { Hook, HookAnswer, HookMessage } from '../model/hook.ts';

/** EX_TEMPFAIL of sysexits.h: not now, ask again. */
const waitCode = 75;
/** Conflict, and Locked (RFC 4918). */
const waitStatuses: readonly number[] = [409, 423];
/** So much of what a hook says is kept. */
const keptBytes = 65_536;

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

const runCommand = (
  argv: readonly string[],
  message: HookMessage,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<HookAnswer> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = argv;
    // A process group of its own: what it started ends with it.
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    let late = false;
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, timeoutMs);
    signal.addEventListener('abort', end, { once: true });
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      act();
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out = (said.out + text).slice(-keptBytes);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err = (said.err + text).slice(-keptBytes);
    });
    // It may not read what it is told.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(message)}\n`);
    child.on('error', (error) => settle(() => resolve({ is: 'halt', reason: `it cannot be run: ${error.message}` })));
    child.on('close', (code, ended) =>
      settle(() => {
        const reason = lastLine(said.out) || lastLine(said.err);
        if (signal.aborted) reject(signal.reason);
        else if (late) resolve({ is: 'halt', reason: `it did not answer within ${formatDuration(timeoutMs)}` });
        else if (code === 0) resolve({ is: 'go' });
        else if (code === waitCode) resolve({ is: 'wait', reason: reason || `exit code ${waitCode}` });
        else resolve({ is: 'halt', reason: reason || (code === null ? `ended by ${ended}` : `exit code ${code}`) });
      }),
    );
    if (signal.aborted) end();
  });

const reasonIn = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'reason' in parsed) return String(parsed.reason);
  } catch {
    // Then it is text.
  }
  return lastLine(body).slice(0, 500);
};

const post = async (url: string, message: HookMessage, timeoutMs: number, signal: AbortSignal): Promise<HookAnswer> => {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal: AbortSignal.any([signal, timeout]),
    });
    const body = (await response.text()).slice(0, keptBytes);
    if (response.ok) return { is: 'go' };
    const reason = reasonIn(body) || `HTTP ${response.status}`;
    return { is: waitStatuses.includes(response.status) ? 'wait' : 'halt', reason };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted) return { is: 'halt', reason: `it did not answer within ${formatDuration(timeoutMs)}` };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { is: 'halt', reason: `it cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
};

/**
 * Asks a hook by what it says it is. A command reads the message as JSON on its stdin: exit code 0 is yes, 75 is wait, any
 * other is no; the last line it prints is the reason. A service takes it as a POST: 2xx is yes, 409 and 423 are wait, any
 * other is no, as is no answer; the reason is `reason` of a JSON body, or its text.
 */
export const askHook = (hook: Hook, message: HookMessage, signal: AbortSignal): Promise<HookAnswer> => {
  switch (hook.asks.kind) {
    case 'command':
      return runCommand(hook.asks.argv, message, hook.timeoutMs, signal);
    case 'post':
      return post(hook.asks.url, message, hook.timeoutMs, signal);
  }
};
