import type { Argv } from 'yargs';

/** What an operator says of a run that changes hosts. */
export interface ChangeFlags {
  /** What to do while no maintenance window is open. */
  readonly whenClosed: 'pause' | 'sleep';
  readonly ticket: string | null;
  readonly confirmHosts: number | null;
}

export const changeOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('wait', {
      type: 'boolean',
      default: false,
      describe: 'Sleep until a maintenance window opens, instead of ending',
    })
    .option('ticket', { type: 'string', nargs: 1, describe: 'The change that this run belongs to' })
    .option('confirm-hosts', {
      type: 'number',
      nargs: 1,
      describe: 'How many hosts you mean to change, where a policy asks for it',
    });

export const changeFlagsOf = (argv: Readonly<Record<string, unknown>>): ChangeFlags => ({
  whenClosed: argv['wait'] === true ? 'sleep' : 'pause',
  ticket: typeof argv['ticket'] === 'string' ? argv['ticket'] : null,
  confirmHosts: typeof argv['confirmHosts'] === 'number' ? argv['confirmHosts'] : null,
});
