import { FleetError, type Problem } from './error.ts';

/** One problem as it is; several in one error, in which each says its place and what to type. */
export const several = (code: string, what: string, problems: readonly [Problem, ...Problem[]]): FleetError => {
  const [first, ...others] = problems;
  if (others.length === 0) return first instanceof FleetError ? first : new FleetError(first);
  const told = problems.map(({ message, remedy }) => `\n  ${message}\n    → ${remedy.replaceAll('\n', '\n      ')}`);
  return new FleetError({
    code,
    message: `there are ${problems.length} problems in ${what}:${told.join('')}`,
    remedy: 'Correct each of them as said below it',
    facts: { problems: problems.length },
  });
};
