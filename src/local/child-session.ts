import type { Readable, Writable } from 'node:stream';
import type { Exit } from '../model/ports.ts';
import type { Session, SessionOptions } from '../model/shell.ts';

export interface ChildTiming {
  /** How long a program with its stdin held open may go on after the stdin was closed. */
  readonly abortGrace: number;
  /** Silence after the end of a program whose background children hold its output open. */
  readonly drain: number;
}

/** A child process whose three pipes are those of a session. */
export interface Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How it ended, as the session is to tell it. Rejects where that is no end of the program. */
  readonly exited: Promise<Exit>;
  /** Ends it, and what it started. */
  readonly kill: () => void;
  /** Called when nobody listens any more, whatever still holds its output open. */
  readonly leave: () => void;
}

/** A session that is a child process here, with the manners of all sessions. */
export const childSession = (child: Child, options: SessionOptions, timing: ChildTiming): Session => {
  const { signal, holdStdin = false } = options;
  const { stdin, stdout, stderr } = child;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ended = new Promise<Exit>((resolve, reject) => {
    let exit: Exit | undefined;
    let open = 2;
    const settle = (settled: () => void): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settled();
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      child.leave();
    };
    const giveUp = (reason: unknown): void => {
      child.kill();
      settle(() => reject(reason));
    };
    const abort = (): void => {
      if (!holdStdin) {
        giveUp(signal?.reason);
        return;
      }
      stdin.end();
      clearTimeout(timer);
      timer = setTimeout(() => giveUp(signal?.reason), timing.abortGrace);
    };
    const finish = (): void => {
      if (exit === undefined) return;
      const status = exit;
      if (open === 0) {
        settle(() => resolve(status));
      } else if (!signal?.aborted) {
        clearTimeout(timer);
        timer = setTimeout(() => (stdout.isPaused() ? finish() : settle(() => resolve(status))), timing.drain);
      }
    };
    const receive = (handler: ((chunk: Uint8Array) => void) | undefined) => (chunk: Buffer) => {
      if (over) return;
      finish();
      try {
        handler?.(chunk);
      } catch (error) {
        giveUp(error);
      }
    };
    const close = (): void => {
      open -= 1;
      finish();
    };
    stdout.on('data', receive(options.onStdout)).on('close', close);
    stderr.on('data', receive(options.onStderr)).on('close', close);
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
    child.exited.then(
      (status) => {
        exit = status;
        finish();
      },
      (error: unknown) => settle(() => reject(error)),
    );
    if (signal?.aborted) {
      abort();
    } else {
      signal?.addEventListener('abort', abort, { once: true });
    }
  });
  return {
    write: (data) => new Promise((resolve) => stdin.write(data, () => resolve())),
    end: (data) => {
      stdin.end(data);
    },
    ended,
    pause: () => void stdout.pause(),
    resume: () => void stdout.resume(),
  };
};
