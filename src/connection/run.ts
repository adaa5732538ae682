import type { Exit, RunOptions } from '../model/ports.ts';
import type { Shell } from '../model/shell.ts';

/**
 * Feeds a program to a remote command (`sh -s`), stdin closed after it, and streams what it prints.
 * Aborted, it rejects with the signal's reason at once; with its stdin held open, that is closed first, and a program
 * that then ends by itself in time resolves as ever.
 */
export const runProgram = async (shell: Shell, program: string, options: RunOptions = {}): Promise<Exit> => {
  const session = await shell.start(options.command ?? 'sh -s', options);
  if (options.holdStdin) {
    await Promise.race([session.write(program), session.ended]);
  } else {
    session.end(program);
  }
  return await session.ended;
};
