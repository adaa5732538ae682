import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { FleetError } from '../model/error.ts';
import type { InventoryFile } from './inventory.ts';

export interface TextFile extends InventoryFile {
  readonly text: string;
  readonly executable: boolean;
}

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

const refuseVault = (path: string, text: string): void => {
  if (!text.startsWith('$ANSIBLE_VAULT;')) return;
  throw new FleetError({
    code: 'inventory.vault',
    message: `${path} is encrypted with Ansible Vault, which is not supported`,
    remedy: `ansible-vault view ${path}, and keep what this fleet needs in a readable file`,
    facts: { file: path },
  });
};

/** Reads a UTF-8 file whole. */
export const readText = async (path: string): Promise<TextFile> => {
  const file = await read(path);
  refuseVault(path, file.text);
  return file;
};

const read = async (path: string): Promise<TextFile> => {
  try {
    const [bytes, { mode }] = await Promise.all([readFile(path), stat(path)]);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path, text, sha256, executable: (mode & 0o111) !== 0 };
  } catch (error) {
    throw unreadable(path, error);
  }
};
