import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FleetError } from '../model/error.ts';
import type { Clock } from '../model/ports.ts';
import { type Digests, type LocalFile, shownBytes } from '../plan/index.ts';
import type { LibrarySource } from '../shell/index.ts';
import { packageRoot } from './package-root.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

/** The shell libraries that are put into programs for hosts, each read once. */
export const hostLibraries = (): LibrarySource => {
  const known = new Map<string, string>();
  return (name) => {
    const text = known.get(name) ?? readFileSync(`${packageRoot}templates/host/${name}.sh`, 'utf8');
    known.set(name, text);
    return text;
  };
};

export const newNonce = (): string => randomBytes(8).toString('hex');

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const unreadable = (file: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'files.unreadable',
      message: `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: 'Give the path of a file on this machine; a relative path counts from the inventory.',
    },
    error,
  );

export const fileDigest = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest('hex');
};

/** A small file of this machine, for showing what sending it would change; `null` for a large one. */
export const localFile: LocalFile = async (file) => {
  try {
    return (await stat(file)).size > shownBytes ? null : await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
};

/** What plans are made and compared with. */
export const digests: Digests = { libraries: hostLibraries(), sha256, fileDigest };
