import type { Step } from '../playbook/index.ts';
import type { Named } from './attributes.ts';
import { absent, writtenFile } from './file.ts';
import { refuse } from './refuse.ts';

const nicknames = ['@reboot', '@yearly', '@monthly', '@weekly', '@daily', '@hourly'] as const;
type Nickname = (typeof nicknames)[number];

export interface CronOptions extends Named {
  /** Five fields, as crontab(5) has them, or a nickname. */
  readonly schedule: Nickname | `${string} ${string} ${string} ${string} ${string}`;
  readonly user: string;
  /** One line for the shell. A `%` is written as it is meant: cron would take it for a newline, so it is escaped. */
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
}

const field =
  /^(\*|\d{1,2}|[a-z]{3})(-(\d{1,2}|[a-z]{3}))?(\/\d{1,2})?(,(\d{1,2}|[a-z]{3})(-(\d{1,2}|[a-z]{3}))?(\/\d{1,2})?)*$/i;

const pathOf = (name: string, title: string): string => {
  // cron passes over files with other letters, a dot among them (cron(8)).
  if (/^[\w-]+$/.test(name)) return `/etc/cron.d/${name}`;
  throw refuse('cron', `${title}: cron would pass over a file called "${name}".`, 'Use letters, digits, _ and - only.');
};

/** A job of cron, in a file of its own in /etc/cron.d. */
export const cron = (name: string, options: CronOptions): Step => {
  const { schedule, user, command, env = {}, title = `cron ${name}` } = options;
  const fields = schedule.trim().split(/\s+/);
  const isNickname = nicknames.some((nickname) => nickname === schedule);
  if (!isNickname && (fields.length !== 5 || !fields.every((one) => field.test(one))))
    throw refuse('cron', `${title}: "${schedule}" is no schedule of cron.`, "Write five fields: '*/5 * * * *'");
  if (/[\n\r\0]/.test(command) || command === '' || !/^[\w.-]+\$?$/.test(user))
    throw refuse(
      'cron',
      `${title}: the user is one word, and the command one line.`,
      'Put several lines into a script.',
    );
  for (const [key, value] of Object.entries(env)) {
    // A line more would be a job more, as whatever user it names.
    if (!/^[A-Za-z_]\w*$/.test(key))
      throw refuse('cron', `${title}: "${key}" is no name of a variable.`, 'Use letters, digits and _ only.');
    if (/[\n\r\0]/.test(value))
      throw refuse('cron', `${title}: the value of ${key} is one line.`, 'Put several lines into a script.');
  }
  const lines = [
    '# Written by ovsfleet.',
    ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
    `${fields.join(' ')} ${user} ${command.replaceAll('%', '\\%')}`,
    '',
  ];
  return writtenFile(title, pathOf(name, title), lines.join('\n'), { mode: '0644', owner: 'root' });
};

/** There is no such job in /etc/cron.d. */
export const noCron = (name: string, { title = `no cron ${name}` }: Named = {}): Step =>
  absent(pathOf(name, title), { title });
