import { execFile } from 'node:child_process';
import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a program logs to a named pipe, line by line, apart from its output. */
export interface LogPipe {
  readonly path: string;
  /** Calls back for what was logged so far, and for each line to come. */
  onLine(line: (text: string) => void): void;
  /** Resolves when the program that logs has closed the pipe. */
  readonly ended: Promise<void>;
  close(): void;
}

/** ssh(1) closes all descriptors but its first three, so it has to be told of a file: `-E`. */
export const logPipe = async (path: string): Promise<LogPipe> => {
  await execute('mkfifo', ['-m', '0600', path]);
  const descriptor = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stream = new Socket({ fd: descriptor, readable: true, writable: false });
  const lines: string[] = [];
  const listeners: ((text: string) => void)[] = [];
  createInterface(stream).on('line', (text) => {
    lines.push(text);
    for (const listener of listeners) listener(text);
  });
  const ended = new Promise<void>((resolve) => {
    stream.on('close', () => resolve());
  });
  stream.on('error', () => stream.destroy());
  return {
    path,
    onLine: (listener) => {
      for (const text of lines) listener(text);
      listeners.push(listener);
    },
    ended,
    close: () => void stream.destroy(),
  };
};
