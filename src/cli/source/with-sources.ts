import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../model/error.ts';
import { type GivenParam, isLocalSource, type ParamSpecs, type Source, sourceKind } from '../../playbook/index.ts';
import { fileDigest, sha256 } from '../adapters.ts';
import { fetchUrl } from './fetch-url.ts';
import { fromDirectory } from './from-directory.ts';
import { packGit, parseGit } from './from-git.ts';
import { lookInto } from './look.ts';
import { sourceError } from './source-error.ts';

type Given = Readonly<Record<string, GivenParam>>;

const textOf = (given: Given, name: string): string => {
  const value = given[name]?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
const isSaid = (given: Given, name: string): boolean => ['true', 'yes'].includes(String(given[name]?.value ?? ''));

const kindOf = async (file: string): Promise<'file' | 'directory' | 'absent'> => {
  const found = await stat(file).catch(() => null);
  if (found === null) return 'absent';
  return found.isDirectory() ? 'directory' : 'file';
};

/** A tarball must be the one that the operator says; only what git or a directory gives is known by itself. */
const checked = (source: string, actual: string, wanted: string, given: Given): Problem | null => {
  if (wanted !== '') {
    if (wanted === actual) return null;
    throw sourceError(
      'digest',
      `${source} has sha256 ${actual}, but ${wanted} was asked for.`,
      'Fetch the file again, or correct the sha256 if you trust this one.',
    );
  }
  if (isSaid(given, 'no_checksum'))
    return {
      code: 'source.no-checksum',
      message: `Nobody has said what ${source} must be: it is compiled as it is, with sha256 ${actual}.`,
      remedy: `Say it from now on: -e sha256=${actual}`,
    };
  throw sourceError(
    'no-checksum',
    `Nobody has said the sha256 of ${source}; what is there has ${actual}.`,
    `If you trust that, say -e sha256=${actual}; --no-checksum takes whatever is there.`,
  );
};

const downloaded = async (url: string, wanted: string, store: string): Promise<string> => {
  await mkdir(store, { recursive: true, mode: 0o700 });
  const known = join(store, `${wanted}.tarball`);
  if (wanted !== '' && (await kindOf(known)) === 'file') return known;
  const fetched = join(store, `url-${sha256(url).slice(0, 16)}.tarball`);
  await fetchUrl(url, fetched);
  const actual = await fileDigest(fetched);
  const kept = join(store, `${actual}.tarball`);
  await rename(fetched, kept);
  return kept;
};

interface Looked {
  readonly source: Source;
  readonly warning: Problem | null;
}

const looked = async (text: string, given: Given, store: string): Promise<Looked> => {
  const wanted = textOf(given, 'sha256').toLowerCase();
  const version = textOf(given, 'version');
  const seen = async (file: string, mustBeSaid: 'said' | 'known'): Promise<Looked> => {
    const actual = await fileDigest(file);
    const warning = mustBeSaid === 'said' || wanted !== '' ? checked(text, actual, wanted, given) : null;
    return { source: { given: text, file, sha256: actual, configure: await lookInto(file) }, warning };
  };
  if (/^https?:/.test(text)) return seen(await downloaded(text, wanted, store), 'said');
  if (!isLocalSource(text))
    return seen(await packGit(parseGit(text, version), store, isSaid(given, 'verify_tag') ? 'signed' : 'any'), 'known');
  switch (await kindOf(text)) {
    case 'file':
      return seen(text, 'said');
    case 'directory': {
      const file = await fromDirectory(text, version, store);
      return seen(file, file.startsWith(store) ? 'known' : 'said');
    }
    case 'absent':
      // Builds that are in store already need none.
      if (/^[0-9a-f]{64}$/.test(wanted))
        return { source: { given: text, file: text, sha256: wanted, configure: 'unknown' }, warning: null };
      throw sourceError(
        'absent',
        `There is no ${text}.`,
        'Give a tarball, a directory, an address, or git:ADDRESS#TAG.',
      );
  }
};

/**
 * Parameters that are sources, with the tarball in place of what was given: fetched once, into the controller's store, and
 * looked into. Rejects before anything is connected to with `source.…`: what it is, and what to type.
 */
export const withSources = async (
  given: Given,
  specs: ParamSpecs,
  store: string,
): Promise<{ readonly given: Given; readonly warnings: readonly Problem[] }> => {
  const warnings: Problem[] = [];
  const entries = Object.entries(given).map(async ([name, param]) => {
    const isSource = Object.hasOwn(specs, name) && specs[name]?.kind === sourceKind;
    if (!isSource || typeof param.value !== 'string') return [name, param] as const;
    const { source, warning } = await looked(param.value, given, store);
    if (warning !== null) warnings.push(warning);
    return [name, { ...param, value: source }] as const;
  });
  return { given: Object.fromEntries(await Promise.all(entries)), warnings };
};
