import type { Exit, RunOptions } from '../model/ports.ts';
import type { Shell } from '../model/shell.ts';
import { afterMark } from './after-mark.ts';
import { noShell } from './no-shell.ts';
import { mark, sayMark } from './remote-script.ts';
import { tail } from './tail.ts';

/** The program comes on stdin; what the login shell printed before is told from what it prints. */
const feedMe = `sh -c '${sayMark.replaceAll("'", '"')}; exec sh -s'`;

/**
 * Feeds a program to a shell on the host, stdin closed after it, and streams what it prints; to a remote command, when one
 * is given, with all that the login shell prints before. Aborted, it rejects with the signal's reason at once; with its
 * stdin held open, that is closed first, and a program that then ends by itself in time resolves as ever.
 */
export const runProgram = async (shell: Shell, program: string, options: RunOptions = {}): Promise<Exit> => {
  const { command, onStdout, onStderr } = options;
  const stderr = tail();
  const output = afterMark(mark, (chunk) => onStdout?.(chunk));
  const session =
    command === undefined
      ? await shell.start(feedMe, {
          ...options,
          onStdout: output.take,
          onStderr: (chunk) => {
            stderr.add(chunk);
            onStderr?.(chunk);
          },
        })
      : await shell.start(command, options);
  if (options.holdStdin) {
    await Promise.race([session.write(program), session.ended]);
  } else {
    session.end(program);
  }
  const exit = await session.ended;
  if (command === undefined && !output.marked() && exit.code !== null) {
    throw noShell(shell.host, output.before(), stderr.text(), exit);
  }
  return exit;
};
