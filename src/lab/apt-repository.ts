import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type LayerOptions, layerDir } from './build-layer.ts';
import { run } from './command.ts';
import { DEBS } from './downloads.ts';
import { ensureLayers } from './layers.ts';
import type { LayerName } from './recipe.ts';

const QUICK = { limitMs: 60_000 };

/** The .deb files that a layer of downloads holds; the layer is made when it is missing. Rejects with `lab.layer-failed`. */
export const layerDebs = async (layer: LayerName, options: LayerOptions): Promise<readonly string[]> => {
  await ensureLayers(layer, options);
  const directory = join(layerDir(layer), DEBS);
  return (await readdir(directory)).filter((name) => name.endsWith('.deb')).map((name) => join(directory, name));
};

/** A package made up for a test. */
export interface DebInput {
  readonly name: string;
  readonly version: string;
  /** Paths on a host, with what the files hold. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds a package that fits every architecture, in a directory, and gives its file. */
export const buildDeb = async (directory: string, { name, version, files }: DebInput): Promise<string> => {
  const root = join(directory, `${name}_${version}`);
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: lab <lab@localhost>',
    `Description: ${name} for a lab`,
    '',
  ];
  await mkdir(join(root, 'DEBIAN'), { recursive: true, mode: 0o755 });
  await writeFile(join(root, 'DEBIAN', 'control'), control.join('\n'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true, mode: 0o755 });
    await writeFile(join(root, path), content);
  }
  const file = `${root}_all.deb`;
  await run(['dpkg-deb', '--build', '--root-owner-group', root, file], QUICK);
  return file;
};

/** What Packages says of a .deb: its own control fields, where it is and what it must be (deb822, "Packages" index). */
const stanza = async (file: string): Promise<string> => {
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const fields = await run(['dpkg-deb', '--field', file], QUICK);
  return `${fields.trimEnd()}\nFilename: ./${basename(file)}\nSize: ${bytes.length}\nSHA256: ${sha256}\n`;
};

/**
 * Makes a directory an apt repository of these files, all in one place, unsigned: `deb [trusted=yes] URL ./`. Made again
 * it has the files of both times.
 */
export const aptRepository = async (directory: string, debs: readonly string[]): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  for (const deb of debs) await copyFile(deb, join(directory, basename(deb)));
  const files = (await readdir(directory)).filter((name) => name.endsWith('.deb')).toSorted();
  const stanzas: string[] = [];
  for (const name of files) stanzas.push(await stanza(join(directory, name)));
  await writeFile(join(directory, 'Packages'), stanzas.join('\n'));
};

/** The line of sources.list that takes packages from a served repository. */
export const aptSourceLine = (url: string): string => `deb [trusted=yes] ${url}/ ./`;
