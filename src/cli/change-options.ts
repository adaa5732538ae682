import type { Argv } from 'yargs';
import { forksSaid } from './options.ts';

/** What an operator says of a run that changes hosts. */
export interface ChangeFlags {
  /** What to do while no maintenance window is open. */
  readonly whenClosed: 'pause' | 'sleep';
  /** The most hosts that the operator wants in flight, whatever a playbook says; `null`: as many as it says. */
  readonly atMost: number | null;
  /** Whether the operator is asked before each step of each host. */
  readonly eachStep: 'ask' | 'go';
  readonly ticket: string | null;
  readonly confirmHosts: number | null;
  /** Policies that hold besides those of the site and of the inventory. */
  readonly policies: readonly string[];
}

export const policyOption = <T>(yargs: Argv<T>) =>
  yargs.option('policy', {
    type: 'string',
    array: true,
    nargs: 1,
    describe: "A policy that holds too, besides the site's and the inventory's; the strictest wins",
  });

export const changeOptions = <T>(yargs: Argv<T>) =>
  policyOption(yargs)
    .option('wait', {
      type: 'boolean',
      default: false,
      describe: 'Sleep until a maintenance window opens, instead of ending',
    })
    .option('step', {
      type: 'boolean',
      default: false,
      describe: 'Ask before each step of each host, one host at a time: no, yes, yes on all hosts, or continue',
    })
    .option('ticket', { type: 'string', nargs: 1, describe: 'The change that this run belongs to' })
    .option('confirm-hosts', {
      type: 'number',
      nargs: 1,
      describe: 'How many hosts you mean to change, where a policy asks for it',
    });

export const changeFlagsOf = (argv: Readonly<Record<string, unknown>>): ChangeFlags => ({
  whenClosed: argv['wait'] === true ? 'sleep' : 'pause',
  atMost: forksSaid(argv),
  eachStep: argv['step'] === true ? 'ask' : 'go',
  ticket: typeof argv['ticket'] === 'string' ? argv['ticket'] : null,
  confirmHosts: typeof argv['confirmHosts'] === 'number' ? argv['confirmHosts'] : null,
  policies: Array.isArray(argv['policy']) ? argv['policy'].map(String) : [],
});
