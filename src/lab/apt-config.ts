import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { type AptSource, type DebianMirror, debianMirror, parseListFile, parseSourcesFile } from './apt-source.ts';

const readOr = async (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

const parse = (name: string, text: string): readonly AptSource[] => {
  if (name.endsWith('.sources')) return parseSourcesFile(text);
  return name.endsWith('.list') ? parseListFile(text) : [];
};

/** Debian's mirror as this machine's apt is configured to use it. Rejects with `lab.no-mirror`. */
export const machineMirror = async (root = '/etc/apt'): Promise<DebianMirror> => {
  const parts = join(root, 'sources.list.d');
  const names = (await readdir(parts).catch((): string[] => [])).sort();
  const sources = [
    ...parseListFile(await readOr(join(root, 'sources.list'))),
    ...(await Promise.all(names.map(async (name) => parse(name, await readOr(join(parts, name)))))).flat(),
  ];
  const mirror = debianMirror(sources);
  if (mirror !== undefined) return mirror;
  throw new FleetError({
    code: 'lab.no-mirror',
    message: `no Debian archive is configured in ${root}, so the lab's hosts cannot be made`,
    remedy: `add a Debian source to ${parts}, then: apt-get update`,
  });
};
