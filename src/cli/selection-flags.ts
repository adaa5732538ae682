import type { Argv } from 'yargs';
import type { Selection } from '../model/selection.ts';

/** Which part of a playbook is done; the flags of Ansible, and `--only` for addresses. */
export const selectionOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('only', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: "Only what has this address, or stands in it, e.g. 'swap/*'; may repeat",
    })
    .option('tags', { alias: 't', type: 'string', array: true, nargs: 1, describe: 'Only what has one of these tags' })
    .option('skip-tags', { type: 'string', array: true, nargs: 1, describe: 'Leave out what has one of these tags' })
    .option('start-at-task', {
      alias: 'start-at',
      type: 'string',
      nargs: 1,
      describe: 'Leave out all before the step with this title or address; * stands for any text',
    });

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** As with Ansible `a,b` are two tags. Addresses are whole: a title may have a comma. */
const words = (value: unknown): readonly string[] =>
  texts(value)
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');

export const selectionOf = (argv: Readonly<Record<string, unknown>>): Selection => ({
  only: texts(argv['only']),
  tags: words(argv['tags']),
  skipTags: words(argv['skipTags']),
  startAt: typeof argv['startAtTask'] === 'string' ? argv['startAtTask'] : null,
});
