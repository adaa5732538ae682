import { execFile } from 'node:child_process';
import type { RunProgram } from '../inventory/index.ts';

/** A cloud's API may be slow; a program that asks a question never ends. */
const LIMIT = 120_000;
const MOST_OUTPUT = 512 * 1024 * 1024;

/** Runs an inventory program with the environment of this process and nothing on its stdin. */
export const runInventoryProgram: RunProgram = (path, args) =>
  new Promise((resolve, reject) => {
    const options = { timeout: LIMIT, maxBuffer: MOST_OUTPUT, killSignal: 'SIGKILL' } as const;
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (error.killed === true) reject(new Error(`it did not end within ${LIMIT / 1000} s`, { cause: error }));
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else if (error.signal !== undefined && error.signal !== null) resolve({ code: null, stdout, stderr });
      else reject(error);
    });
    child.stdin?.end();
  });
