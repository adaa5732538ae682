import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ShownKey } from './host-key-problems.ts';
import { hostMatcher } from './host-patterns.ts';
import { errorCode } from './reasons.ts';

/** Keys of one host to record. */
export interface NewKeys {
  /** As known_hosts has it: `name`, `[name]:2222`. */
  readonly name: string;
  readonly keys: readonly ShownKey[];
  /** `replace`: take away what is there of the name first. */
  readonly others: 'keep' | 'replace';
}

const hashedName = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

/**
 * A line without a name: `null` when nothing is left of it, as it is when the name is in it by a pattern only, or the
 * line is marked (`@revoked`, `@cert-authority`) or is none.
 */
const withoutName = (line: string, name: string): string | null => {
  const [, before = '', field = '', after = ''] = /^([ \t]*)([^ \t#@][^ \t]*)([ \t].*)$/s.exec(line) ?? [];
  if (field === '') return line;
  if (field.startsWith('|')) return hostMatcher(field)?.(name) === true ? null : line;
  const names = field.split(',');
  const left = names.filter((one) => one.toLowerCase() !== name);
  if (left.length === names.length) return line;
  return left.length === 0 ? null : `${before}${left.join(',')}${after}`;
};

/** The text of a known_hosts file with keys added. */
export const withKeys = (text: string, added: readonly NewKeys[], hash: 'yes' | 'no'): string => {
  const replaced = added.filter(({ others }) => others === 'replace').map(({ name }) => name);
  const kept = text.split('\n').flatMap((line) => {
    const left = replaced.reduce<string | null>((rest, name) => (rest === null ? null : withoutName(rest, name)), line);
    return left === null ? [] : [left];
  });
  const before = kept.join('\n');
  const lines = added.flatMap(({ name, keys }) =>
    keys.map(
      ({ keyType, key }) => `${hash === 'yes' ? hashedName(name) : name} ${keyType} ${key.toString('base64')}\n`,
    ),
  );
  return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${lines.join('')}`;
};

interface Found {
  readonly text: string;
  readonly version: string;
  readonly mode: number;
}

const found = async (file: string): Promise<Found | null> => {
  try {
    const { ino, size, mtimeMs, mode } = await stat(file);
    return { text: await readFile(file, 'utf8'), version: `${ino} ${size} ${mtimeMs}`, mode: mode & 0o777 };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

const writeAside = async (file: string, text: string, mode: number): Promise<string> => {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(aside, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return aside;
};

/** A file that many link to is written where it is. */
const whereItIs = (file: string): Promise<string> =>
  realpath(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return file;
    throw error;
  });

const attempts = 20;

/**
 * Changes a known_hosts file: written aside, on disk, and renamed, so that readers see the old or the new one whole; new
 * ones are private (0600, their directory 0700). When somebody else wrote meanwhile, `change` gets the text of now. What
 * is no plain file (`/dev/null`) is left alone. Rejects with errors of `node:fs`.
 */
export const changeKnownHosts = async (named: string, change: (text: string) => string): Promise<void> => {
  const file = await whereItIs(named);
  for (let attempt = 1; ; attempt += 1) {
    const kind = await stat(file).catch(() => null);
    if (kind !== null && !kind.isFile()) return;
    const before = await found(file);
    const text = change(before?.text ?? '');
    if (text === (before?.text ?? '')) return;
    if (before === null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const aside = await writeAside(file, text, before?.mode ?? 0o600);
    if ((await found(file))?.version === before?.version || attempt === attempts) {
      await rename(aside, file);
      return;
    }
    await rm(aside);
  }
};
