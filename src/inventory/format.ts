import { extname } from 'node:path';
import type { TextFile } from './files.ts';

export type Format = 'yaml' | 'ini' | 'program' | 'toml';

const YAML_EXTENSIONS = ['.yaml', '.yml', '.json'];

/** A line of YAML that begins a document or names a group; no line of an INI inventory looks so. */
const YAML_LINE = /^(?:---|%YAML|\{|(?:"[^"]*"|'[^']*'|[^\s=["'][^\s=[]*):(?:\s|$))/;

const firstLine = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => line !== '' && !/^[#;]/.test(line)) ?? '';

/**
 * What a file of an inventory is. Ansible tries one parser after the other and keeps what a failing one has read; here
 * the file is looked at once, so that its errors are those of its own format: a program begins with `#!` (or is an
 * executable in machine code), YAML has its extension or, without one, a first line that is YAML; the rest is INI.
 */
export const formatOf = (file: TextFile): Format => {
  const extension = extname(file.path);
  if (file.text.startsWith('#!') || (file.executable && file.text.startsWith('\x7fELF'))) return 'program';
  if (extension === '.toml') return 'toml';
  if (extension === '.ini') return 'ini';
  const first = firstLine(file.text);
  if (YAML_EXTENSIONS.includes(extension)) return first.startsWith('[') && /^\[[^\],]+\]/.test(first) ? 'ini' : 'yaml';
  return extension === '' && (first === '' || YAML_LINE.test(first)) ? 'yaml' : 'ini';
};
