import { type FileHandle, open } from 'node:fs/promises';
import type { Exit, Upload } from '../model/ports.ts';
import type { Session, Shell } from '../model/shell.ts';
import { remoteScript } from '../shell/index.ts';
import { afterMark } from './after-mark.ts';
import { noShell } from './no-shell.ts';
import { mark, uploadScript } from './remote-script.ts';
import { tail } from './tail.ts';
import { localUnreadable, uploadDiffers, uploadFailed } from './transfer-problems.ts';

const chunkBytes = 256 * 1024;
/** The exit code with which the script says that the digest is not the one it was told. */
const differs = 65;

/** Sends a file as fast as the session takes it; stops when the session ends first. */
const send = async (file: FileHandle, session: Session, onSent: (bytes: number) => void): Promise<void> => {
  let over = false;
  const ended = session.ended.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  for await (const chunk of file.createReadStream({ highWaterMark: chunkBytes, autoClose: false })) {
    await Promise.race([session.write(chunk), ended]);
    if (over) {
      return;
    }
    onSent(chunk.length);
  }
  session.end();
};

const transfer = async (shell: Shell, upload: Upload, file: FileHandle): Promise<boolean> => {
  const { local, remote, sha256, mode, onProgress, signal } = upload;
  const total = (await file.stat()).size;
  const failed = new AbortController();
  const stderr = tail();
  let stdout = '';
  let answer: () => void = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const output = afterMark(mark, (chunk) => {
    stdout += Buffer.from(chunk).toString('latin1');
    if (stdout.includes('\n')) {
      answer();
    }
  });
  const session = await shell.start(remoteScript(uploadScript, [remote, sha256, mode]), {
    signal: signal === undefined ? failed.signal : AbortSignal.any([failed.signal, signal]),
    onStderr: stderr.add,
    onStdout: output.take,
  });
  await Promise.race([answered, session.ended]);
  if (stdout.startsWith('send\n')) {
    try {
      let sent = 0;
      await send(file, session, (bytes) => {
        sent += bytes;
        onProgress?.(sent, total);
      });
    } catch (error) {
      failed.abort(localUnreadable(shell.host, local, error));
    }
  } else {
    session.end();
  }
  const exit: Exit = await session.ended;
  if (!output.marked() && exit.code !== null) {
    throw noShell(shell.host, output.before(), stderr.text(), exit);
  }
  if (exit.code === 0 && stdout === 'have\n') {
    return false;
  }
  if (exit.code === 0 && stdout === 'send\nstored\n') {
    return true;
  }
  throw exit.code === differs
    ? uploadDiffers(shell.host, local, remote, sha256)
    : uploadFailed(shell.host, remote, stderr.text(), exit);
};

/**
 * Brings a file to the host in one session: nothing is sent when the host has it already (then `false`), and it takes
 * its name only when whole and with the right digest. Rejects with `ConnectionError`, `FleetError`, or the signal's reason.
 */
export const uploadFile = async (shell: Shell, upload: Upload): Promise<boolean> => {
  const file = await open(upload.local).catch((error: unknown) => {
    throw localUnreadable(shell.host, upload.local, error);
  });
  try {
    return await transfer(shell, upload, file);
  } finally {
    await file.close();
  }
};
