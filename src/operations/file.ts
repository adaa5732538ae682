import { createHash } from 'node:crypto';
import { HIDDEN, Secret } from '../model/secret.ts';
import { type Step, step } from '../playbook/index.ts';
import { sh, withInput } from '../shell/index.ts';
import {
  type Attributes,
  absolute,
  attributeWords,
  type Mode,
  type Named,
  readFile,
  wantAttributes,
  withFiles,
} from './attributes.ts';
import { refuse } from './refuse.ts';

/** A file, with all that it holds, or with its attributes alone when that is somebody else's. */
export type FileOptions = Attributes &
  Named & {
    /** A secret is compared on the host, and no plan shows any of it; unless said its mode is 0600. */
    readonly content?: string | Secret;
  };

/** What a text that is written to a file must not be: the mark that stands where a secret would be shown. */
const checked = (content: string, title: string): string => {
  if (content.includes(HIDDEN)) {
    throw refuse(
      'secret-as-text',
      `${title}: a secret was put into the text, where it stands as ${HIDDEN}.`,
      'Make the secret the whole of a file, content: params.token, or write a step that has it on stdin: withInput.',
    );
  }
  return content;
};

/** The mode by which is told whether a file may be shown; what is not said is not known to be private. */
const shownMode = (mode: Mode | undefined): string => mode ?? '0644';

/** A step that makes a file hold a text, and puts back what it was. */
export const writtenFile = (title: string, path: string, text: string, attributes: Attributes): Step => {
  const content = checked(text, title);
  const want = {
    is: 'file',
    content: createHash('sha256').update(content).digest('hex'),
    ...wantAttributes(attributes),
  };
  return step(title, {
    read: readFile(absolute(path, title), want),
    want,
    make: withFiles(sh`op_keep ${path} && printf %s ${content} | op_write ${path} ${attributeWords(attributes)}`),
    undo: withFiles(sh`op_put_back ${path}`),
    writes: [{ remote: path, mode: shownMode(attributes.mode), content: { text: content } }],
  });
};

/** The same for a secret: neither it nor a digest of it is told. No transaction takes it, since the host would keep it. */
const secretFile = (title: string, path: string, content: Secret, given: Attributes): Step => {
  const attributes: Attributes = { mode: '0600', ...given };
  const want = { is: 'file', text: 'as wanted', ...wantAttributes(attributes) };
  return step(title, {
    read: withInput(content, readFile(absolute(path, title), want)),
    want,
    make: withInput(content, withFiles(sh`op_write ${path} ${attributeWords(attributes)}`)),
  });
};

/**
 * There is a file, with this text and these attributes. Without `content` it must be there, and only its attributes are set.
 * A link in its place is replaced, a directory is not. The directory that it is in must be there.
 */
export const file = (path: string, { content, title = `file ${path}`, ...attributes }: FileOptions): Step => {
  if (content instanceof Secret) return secretFile(title, path, content, attributes);
  if (content !== undefined) return writtenFile(title, path, content, attributes);
  const want = { is: 'file', ...wantAttributes(attributes) };
  return step(title, {
    read: readFile(absolute(path, title), want),
    want,
    make: withFiles(sh`
      [ -f ${path} ] || { echo ${`there is no file ${path}`} >&2; return 1; }
      op_keep ${path} && op_attributes ${path} ${attributeWords(attributes)}
    `),
    undo: withFiles(sh`op_put_back ${path}`),
  });
};

/** There is a directory with these attributes; those above it are made, too. */
export const directory = (
  path: string,
  { title = `directory ${path}`, ...attributes }: Attributes & Named = {},
): Step => {
  const want = { is: 'directory', ...wantAttributes(attributes) };
  return step(title, {
    read: readFile(absolute(path, title), want),
    want,
    make: withFiles(sh`op_directory ${path} ${attributeWords(attributes)}`),
  });
};

/** There is a symbolic link, which holds `to` as it is written. It takes the place of a file, never of a directory. */
export const link = (path: string, { to, title = `link ${path}` }: Named & { readonly to: string }): Step =>
  step(title, {
    read: withFiles(sh`op_file ${absolute(path, title)} to`),
    want: { is: 'link', to },
    make: withFiles(sh`op_keep ${path} && op_link ${path} ${to}`),
    undo: withFiles(sh`op_put_back ${path}`),
  });

/** There is nothing of that name: neither a file nor a link nor a directory, nor what is in it. */
export const absent = (path: string, { title = `no ${path}` }: Named = {}): Step =>
  step(title, {
    read: withFiles(sh`op_kind ${absolute(path, title)}`),
    want: 'absent',
    make: withFiles(sh`op_keep ${path} && rm -rf -- ${path}`),
    undo: withFiles(sh`op_put_back ${path}`),
  });
