import { createInterface } from 'node:readline/promises';
import type { Operator } from '../model/ports.ts';

/** Whoever sits at the terminal that ovsfleet was started from. */
export const terminalOperator: Operator = {
  ask: async (question) => {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  },
};
