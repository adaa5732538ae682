import type { Script } from '../shell/index.ts';
import { sh, using } from '../shell/index.ts';
import { refuse } from './refuse.ts';

type Octal = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7';

/** All four octal digits: `0644`, `1777`. */
export type Mode = `${Octal}${Octal}${Octal}${Octal}`;

/** Who may do what with a file; what is not said stays as it is. */
export interface Attributes {
  readonly mode?: Mode;
  /** A name, or a number. */
  readonly owner?: string | number;
  readonly group?: string | number;
}

/** Words that every operation takes. */
export interface Named {
  /** Must be unique in a play; made of what it is about unless said. */
  readonly title?: string;
}

export const withFiles = (script: Script): Script => using(['op-files'], script);

/** What the attributes should read as, in the order in which `op_file` prints the keys. */
export const wantAttributes = ({ mode, owner, group }: Attributes): Readonly<Record<string, string>> => ({
  ...(mode === undefined ? {} : { mode }),
  ...(owner === undefined ? {} : { [typeof owner === 'number' ? 'uid' : 'owner']: String(owner) }),
  ...(group === undefined ? {} : { [typeof group === 'number' ? 'gid' : 'group']: String(group) }),
});

/** The last three words that `op_write` and its like take. */
export const attributeWords = ({ mode, owner, group }: Attributes): readonly string[] => [
  mode ?? '',
  String(owner ?? ''),
  String(group ?? ''),
];

/** Reads the file as a record of the keys that are wanted of it. */
export const readFile = (path: string, want: Readonly<Record<string, string>>): Script =>
  withFiles(sh`op_file ${path} ${Object.keys(want).filter((key) => key !== 'is')}`);

/** Throws `operations.path` unless it is an absolute path that names one file for sure. */
export const absolute = (path: string, title: string): string => {
  if (!path.startsWith('/') || /\/(\.\.?)?(\/|$)/.test(path.slice(1)) || /[\n\0]/.test(path) || path === '/')
    throw refuse(
      'path',
      `${title}: "${path}" is no absolute path of a file.`,
      'Write it from the root on, without . and ..: /etc/hosts',
    );
  return path;
};
