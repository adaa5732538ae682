import { FleetError } from '../../model/error.ts';

/** Something in ssh_config that cannot be honoured. `at` is `file:line`, or who says it. */
export const configProblem = (code: string, at: string, what: string, remedy: string): FleetError =>
  new FleetError({ code: `ssh.config-${code}`, message: `${at}: ${what}.`, remedy, facts: { at } });

/** All problems as one error: the first gives the code, and the remedy when it is alone. */
export const allProblems = (problems: readonly FleetError[]): FleetError | undefined => {
  const [first, ...more] = problems;
  if (first === undefined || more.length === 0) return first;
  return new FleetError({
    code: first.code,
    message: problems.map(({ message }) => message).join('\n'),
    remedy: problems.map(({ remedy }) => remedy).join('\n'),
    facts: first.facts,
  });
};
