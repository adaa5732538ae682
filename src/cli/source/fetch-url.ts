import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sourceError } from './source-error.ts';

/** Fetches a file whole or not at all. Rejects with `source.unreachable` or `source.absent`. */
export const fetchUrl = async (url: string, to: string): Promise<void> => {
  const fresh = `${to}.new-${process.pid}`;
  const failed = (error: unknown) =>
    sourceError(
      'unreachable',
      `${url} cannot be fetched: ${error instanceof Error ? String(error.cause ?? error.message) : String(error)}.`,
      'Fetch it by other means and give its path; hosts themselves need no way out.',
      error,
    );
  const answer = await fetch(url).catch((error: unknown) => {
    throw failed(error);
  });
  if (!answer.ok || answer.body === null)
    throw sourceError(
      'absent',
      `${url} answers ${answer.status} ${answer.statusText}.`.replace(' .', '.'),
      'See that the release exists: https://www.openvswitch.org/releases/',
    );
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(fresh, { mode: 0o600, flush: true }));
    await rename(fresh, to);
  } catch (error) {
    await rm(fresh, { force: true });
    throw failed(error);
  }
};
