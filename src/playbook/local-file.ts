import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FleetError } from '../model/error.ts';

/** A file of the controller, as playbooks name it: `new URL('chrony.conf', import.meta.url)` is beside the playbook. */
export type LocalFile = string | URL;

const chunkBytes = 1 << 20;

const pathOf = (file: LocalFile): string => (typeof file === 'string' ? file : fileURLToPath(file));

const unreadable = (path: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'files.unreadable',
      message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: "Name a file beside the playbook so: new URL('NAME', import.meta.url)",
    },
    error,
  );

/** The bytes of a file of the controller. Throws `files.unreadable`. */
export const localBytes = (file: LocalFile): { readonly path: string; readonly bytes: Buffer } => {
  const path = pathOf(file);
  try {
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    throw unreadable(path, error);
  }
};

/** The text of a file of the controller. Throws `files.unreadable`. */
export const localText = (file: LocalFile): { readonly path: string; readonly text: string } => {
  const { path, bytes } = localBytes(file);
  return { path, text: bytes.toString('utf8') };
};

/** The digest of a file of the controller, of any size. Throws `files.unreadable`. */
export const localDigest = (file: LocalFile): { readonly path: string; readonly sha256: string } => {
  const path = pathOf(file);
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  try {
    const opened = openSync(path, 'r');
    try {
      for (let size = readSync(opened, chunk); size > 0; size = readSync(opened, chunk)) {
        hash.update(chunk.subarray(0, size));
      }
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return { path, sha256: hash.digest('hex') };
};
