import { Secret } from '../model/secret.ts';
import { type LocalFile, localText, type Step } from '../playbook/index.ts';
import { quote } from '../shell/index.ts';
import { render } from '../template/index.ts';
import type { Attributes, Named } from './attributes.ts';
import { writtenFile } from './file.ts';
import { refuse } from './refuse.ts';

export interface TemplateOptions extends Attributes, Named {
  /** A Handlebars template of the controller. */
  readonly from: LocalFile;
  /** What its names stand for; a name that is missing here is an error. */
  readonly data: Readonly<Record<string, unknown>>;
}

const list = (value: unknown, helper: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`{{${helper} …}} takes a list`);
};

const helpers = {
  /** One word of POSIX shell. */
  quote: (value: unknown): string => quote(String(value)),
  json: (value: unknown): string => JSON.stringify(value),
  join: (value: unknown, between: unknown): string => list(value, 'join').join(String(between)),
  /** A sentence of the playbook's own for a value that is not there, or is empty. */
  required: (value: unknown, sentence: unknown): string => {
    if (value === undefined || value === null || value === '') throw new Error(String(sentence));
    return String(value);
  },
} as const;

const holdsSecret = (value: unknown): boolean =>
  value instanceof Secret || (typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret));

/** A file of the host is what a template gives with this data. See docs/operations.md for its helpers. */
export const template = (
  path: string,
  { from, data, title = `file ${path}`, ...attributes }: TemplateOptions,
): Step => {
  if (holdsSecret(data)) {
    throw refuse(
      'secret-as-text',
      `${title}: a secret is among the data of the template, and would be shown by plans.`,
      'Make the secret the whole of a file of its own: ops.file(path, { content: params.token }).',
    );
  }
  const local = localText(from);
  const text = render(local.text, data, { name: local.path, escape: 'none', helpers });
  return writtenFile(title, path, text, attributes);
};
