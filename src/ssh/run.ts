import type { Exit, RunOptions } from '../model/ports.ts';
import type { Link } from './link.ts';
import { startSession } from './session.ts';

/**
 * Feeds a program to a remote command (`sh -s`), stdin closed after it, and streams what it prints.
 * Aborted, it rejects with the signal's reason at once; with its stdin held open, that is closed first, and a program
 * that then ends by itself in time resolves as ever.
 */
export const runProgram = async (link: Link, program: string, options: RunOptions = {}): Promise<Exit> => {
  const session = await startSession(link, options.command ?? 'sh -s', options);
  if (options.holdStdin) {
    session.stdin.write(program);
  } else {
    session.stdin.end(program);
  }
  return await session.ended;
};
