import { createInterface } from 'node:readline/promises';
import type { Operator } from '../model/ports.ts';

/** Whoever sits at the terminal that ovsfleet was started from. */
export const terminalOperator: Operator = {
  ask: async (question) => {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // A terminal in raw mode makes no signal of Ctrl-C: it is given on to whoever ends the run.
    lines.once('SIGINT', () => {
      lines.close();
      process.kill(process.pid, 'SIGINT');
    });
    try {
      return await new Promise<string | null>((resolve, reject) => {
        lines.once('close', () => resolve(null));
        lines.question(question).then((answer) => resolve(answer.trim()), reject);
      });
    } finally {
      lines.close();
    }
  },
};
