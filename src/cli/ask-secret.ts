import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

const typed = async (question: string): Promise<string | null> => {
  // First the terminal stops showing what is typed, then it is asked: whoever types at once is not seen either.
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(`${question}: `);
  try {
    return await new Promise<string | null>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(null));
      lines.once('SIGINT', () => lines.close());
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};

/** Lines that came with the one that was asked for are the answers to the next questions. */
const piped = (): (() => Promise<string | null>) => {
  const waiting: string[] = [];
  let lines: Interface | null = null;
  let over = false;
  return async () => {
    if (lines === null) {
      lines = createInterface({ input: process.stdin, terminal: false });
      lines.on('line', (line) => waiting.push(line));
      lines.on('close', () => {
        over = true;
      });
    }
    const reader = lines;
    if (waiting.length === 0 && !over) {
      reader.resume();
      await new Promise<void>((resolve) => {
        reader.once('line', () => resolve());
        reader.once('close', () => resolve());
      });
    }
    // Left flowing it would keep the process from ending.
    if (!over) reader.pause();
    return waiting.shift() ?? null;
  };
};

const nextLine = piped();

/**
 * Asks on the terminal, which does not show what is typed; without a terminal the next line of stdin is the answer.
 * Throws `input.no-secret` with that remedy.
 */
export const askSecret = async (question: string, remedy: string): Promise<Secret> => {
  const answer = process.stdin.isTTY === true ? await typed(question) : await nextLine();
  if (answer !== null && answer !== '') return new Secret(answer);
  throw new FleetError({ code: 'input.no-secret', message: `no answer was given to "${question}".`, remedy });
};
