import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inTurn } from './file-turn.ts';
import { type NewKeys, withKeys } from './known-hosts-file.ts';
import { errorCode } from './reasons.ts';

const unlessMissing = async <T>(wanted: Promise<T>): Promise<T | null> => {
  try {
    return await wanted;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Where a file is, or will be, that many links may lead to. */
const whereItIs = async (file: string): Promise<string> => {
  const found = await unlessMissing(realpath(file));
  if (found !== null) return found;
  const target = await readlink(file).catch(() => null);
  return target === null ? resolve(file) : await whereItIs(resolve(dirname(file), target));
};

interface Found {
  readonly text: string;
  readonly version: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const read = async (file: string): Promise<Found | null> => {
  const found = await unlessMissing(stat(file));
  if (found === null) return null;
  const { ino, size, mtimeMs, mode, uid, gid } = found;
  return { text: await readFile(file, 'utf8'), version: `${ino} ${size} ${mtimeMs}`, mode: mode & 0o777, uid, gid };
};

/** One write at the end, as ssh(1) itself does, so that neither loses what the other adds. */
const append = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeAside = async (file: string, text: string, { mode, uid, gid }: Found): Promise<string> => {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    // Only root may give a file away, and only to root does it matter: it writes what others must read.
    await handle.chown(uid, gid).catch(() => {});
    await handle.chmod(mode);
    await handle.sync();
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return aside;
};

const attempts = 20;

const change = async (file: string, added: readonly NewKeys[], hash: 'yes' | 'no'): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const before = await read(file);
    const text = before?.text ?? '';
    const wanted = withKeys(text, added, hash);
    if (wanted === text) return;
    if (before === null || wanted.startsWith(text)) return await append(file, wanted.slice(text.length));
    const aside = await writeAside(file, wanted, before);
    if ((await read(file))?.version === before.version || attempt === attempts) return await rename(aside, file);
    await rm(aside);
  }
};

/**
 * Records keys in a known_hosts file that it has not yet. They are added at its end; where some are replaced it is written
 * aside and renamed, with its mode and owner, and again when ssh(1) added something meanwhile. Several programs take
 * turns. A new one is private (0600, its directory 0700). What is no plain file (`/dev/null`) is left alone. Rejects with
 * errors of `node:fs`.
 */
export const recordKeys = async (named: string, added: readonly NewKeys[], hash: 'yes' | 'no'): Promise<void> => {
  const file = await whereItIs(named);
  const kind = await unlessMissing(stat(file));
  if (kind !== null && !kind.isFile()) return;
  if (kind === null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await inTurn(await whereItIs(file), () => change(file, added, hash));
};
