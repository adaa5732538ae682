import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { FleetError } from '../model/error.ts';
import type { InventoryFile } from './inventory.ts';

export interface TextFile extends InventoryFile {
  readonly text: string;
  readonly executable: boolean;
  /** `hidden`: the text came out of a vault, and every value in it is a secret. */
  readonly values: 'shown' | 'hidden';
}

/** How a program for this machine begins; its first letters stand for all of it. */
const MACHINE_CODE = Buffer.from('\x7fELF');

export type Kind = 'file' | 'directory' | 'absent';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const unreadable = (path: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'inventory.unreadable',
      message: `${path} cannot be read (${codeOf(error)})`,
      remedy: `ls -l ${path}`,
      facts: { file: path },
    },
    error,
  );

/** What a path is; links are followed. */
export const kindOf = async (path: string): Promise<Kind> => {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return 'absent';
    throw unreadable(path, error);
  }
};

/** Names in a directory, in the order of their bytes, as Ansible takes them. */
export const namesIn = async (path: string): Promise<readonly string[]> => {
  try {
    return (await readdir(path)).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (error) {
    throw unreadable(path, error);
  }
};

/** Reads a UTF-8 file whole, as it is. */
export const readText = async (path: string): Promise<TextFile> => {
  try {
    const [bytes, { mode }] = await Promise.all([readFile(path), stat(path)]);
    const isBinary = bytes.subarray(0, MACHINE_CODE.length).equals(MACHINE_CODE);
    const text = isBinary ? String(MACHINE_CODE) : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path, text, sha256, executable: (mode & 0o111) !== 0, values: 'shown' };
  } catch (error) {
    throw unreadable(path, error);
  }
};
