import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks on the terminal, which does not show what is typed; without a terminal the first line of stdin is the answer. */
export const askSecret = async (question: string): Promise<Secret> => {
  const terminal = process.stdin.isTTY === true;
  process.stderr.write(terminal ? `${question}: ` : '');
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  try {
    const answer = await new Promise<string | null>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(null));
      lines.once('SIGINT', () => lines.close());
    });
    if (answer !== null && answer !== '') return new Secret(answer);
    throw new FleetError({
      code: 'input.no-secret',
      message: `no answer was given to "${question}".`,
      remedy: 'Type it on the terminal, or give a file: --vault-password-file FILE',
    });
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
};
