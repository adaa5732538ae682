import type { Argv } from 'yargs';
import { FleetError } from '../model/error.ts';

/** What `run` and `plan` may list instead of doing it. */
export type Listed = 'hosts' | 'tasks' | 'tags';

export const listOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('list-hosts', { type: 'boolean', default: false, describe: 'Only list the hosts of each play' })
    .option('list-tasks', {
      type: 'boolean',
      default: false,
      describe: 'Only list what it would go through, as addresses; facts of hosts are read for it',
    })
    .option('list-tags', { type: 'boolean', default: false, describe: 'Only list the tags that there are; likewise' });

/** `null`: nothing is listed. @throws FleetError `input.usage` for two at once */
export const listedOf = (argv: Readonly<Record<string, unknown>>): Listed | null => {
  const flags = { hosts: argv['listHosts'], tasks: argv['listTasks'], tags: argv['listTags'] } as const;
  const asked = (['hosts', 'tasks', 'tags'] as const).filter((what) => flags[what] === true);
  if (asked.length < 2) return asked[0] ?? null;
  throw new FleetError({
    code: 'input.usage',
    message: `Only one of ${asked.map((what) => `--list-${what}`).join(' and ')} can be listed.`,
    remedy: 'Say one of them.',
  });
};
