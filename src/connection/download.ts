import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { FleetError } from '../model/error.ts';
import type { Download } from '../model/ports.ts';
import type { Session, Shell } from '../model/shell.ts';
import { remoteScript } from '../shell/index.ts';
import { afterMark } from './after-mark.ts';
import { noShell } from './no-shell.ts';
import { downloadScript, mark } from './remote-script.ts';
import { tail } from './tail.ts';
import { downloadDiffers, downloadFailed, localUnwritable } from './transfer-problems.ts';

/** 64 hex digits and a newline, before the content. */
const headerBytes = 65;

const receive = async (
  shell: Shell,
  remote: string,
  local: string,
  output: WriteStream,
  signal: AbortSignal | undefined,
): Promise<Download> => {
  const failed = new AbortController();
  const stderr = tail();
  const hash = createHash('sha256');
  let header = '';
  let bytes = 0;
  let session: Session | undefined;
  output.on('error', (error) => failed.abort(localUnwritable(shell.host, local, error)));
  output.on('drain', () => session?.resume());
  const content = afterMark(mark, (chunk) => {
    const missing = headerBytes - header.length;
    header += Buffer.from(chunk.subarray(0, missing)).toString('latin1');
    const part = chunk.subarray(missing);
    hash.update(part);
    bytes += part.length;
    if (!output.write(part)) {
      session?.pause();
    }
  });
  session = await shell.start(remoteScript(downloadScript, [remote]), {
    signal: signal === undefined ? failed.signal : AbortSignal.any([failed.signal, signal]),
    onStderr: stderr.add,
    onStdout: content.take,
  });
  session.end();
  const exit = await session.ended;
  if (!content.marked() && exit.code !== null) {
    throw noShell(shell.host, content.before(), stderr.text(), exit);
  }
  if (exit.code !== 0) {
    throw downloadFailed(shell.host, remote, stderr.text(), exit);
  }
  const written = finished(output);
  output.end();
  await written;
  const sha256 = hash.digest('hex');
  if (header !== `${sha256}\n`) {
    throw downloadDiffers(shell.host, remote);
  }
  return { sha256, bytes };
};

/**
 * Copies a remote file to a local path, whose directory is made, 0600; it takes its name when it is whole.
 * Rejects with `ConnectionError`, `FleetError`, or the signal's reason.
 */
export const downloadFile = async (
  shell: Shell,
  remote: string,
  local: string,
  signal?: AbortSignal,
): Promise<Download> => {
  const part = join(dirname(local), `.${basename(local)}.${randomUUID()}.part`);
  try {
    await mkdir(dirname(local), { recursive: true });
    const output = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
    await once(output, 'open');
    const received = await receive(shell, remote, local, output, signal).finally(() => output.destroy());
    await rename(part, local);
    return received;
  } catch (error) {
    await rm(part, { force: true });
    signal?.throwIfAborted();
    throw error instanceof FleetError ? error : localUnwritable(shell.host, local, error);
  }
};
