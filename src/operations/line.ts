import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { type Created, type Place, placeWords } from './place.ts';
import { refuse } from './refuse.ts';

const withLines = (script: Script): Script => using(['op-files', 'op-lines'], script);

export type LineOptions = Named &
  Created &
  Place & {
    readonly line: string;
    /** A POSIX extended regular expression: the last line that matches is replaced. */
    readonly match?: string;
  };

/** Either the line itself, or what all lines to be gone match. */
export type NoLineOptions = Named &
  ({ readonly line: string; readonly match?: never } | { readonly match: string; readonly line?: never });

const oneLine = (text: string, title: string): string => {
  if (text !== '' && !text.includes('\n')) return text;
  throw refuse('line', `${title}: a line is not empty and has no newline in it.`, 'Use ops.block for several lines.');
};

/**
 * A file has this line: in the place of the last that matches `match`, or else where it is already, or else inserted.
 * The same as Ansible's lineinfile, with POSIX patterns.
 */
export const line = (path: string, options: LineOptions): Step => {
  const { line: text, match = '', create = '', title = `line of ${path}: ${options.line}` } = options;
  oneLine(text, title);
  return step(title, {
    read: withLines(sh`op_line ${absolute(path, title)} ${text} ${match}`),
    want: text,
    make: withLines(
      sh`op_keep "$(op_real ${path})" && op_put_line ${path} ${text} ${match} ${placeWords(options)} ${create}`,
    ),
    undo: withLines(sh`op_put_back "$(op_real ${path})"`),
  });
};

/** A file has no such line; one that is not there has none. */
export const noLine = (path: string, { line: text = '', match = '', title }: NoLineOptions): Step => {
  const name = title ?? `no line of ${path}: ${text}${match}`;
  oneLine(`${text}${match}`, name);
  return step(name, {
    read: withLines(sh`op_no_line ${absolute(path, name)} ${text} ${match}`),
    want: 'absent',
    make: withLines(sh`op_keep "$(op_real ${path})" && op_take_lines ${path} ${text} ${match}`),
    undo: withLines(sh`op_put_back "$(op_real ${path})"`),
  });
};
