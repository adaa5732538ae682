import { FleetError, type Problem } from '../model/error.ts';

/** What was found wrong so far. Reading goes on after a problem, so that all are shown together. */
export interface Problems {
  readonly found: Map<string, FleetError>;
}

export const noProblems = (): Problems => ({ found: new Map() });

/** Keeps a problem. One place is told once, however many hosts get its value. */
export const report = (problems: Problems, problem: FleetError): void => {
  const { file, line, column } = problem.facts;
  const place =
    file === undefined || line === undefined ? problem.message : `${file}:${line}:${column}:${problem.code}`;
  if (!problems.found.has(place)) problems.found.set(place, problem);
};

/** Does what may be refused; a refusal is kept, and gives `undefined`. */
export const attempt = <Made>(problems: Problems, make: () => Made): Made | undefined => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    report(problems, error);
    return undefined;
  }
};

/** `attempt` for what takes time. */
export const attemptLater = async <Made>(problems: Problems, make: () => Promise<Made>): Promise<Made | undefined> => {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    report(problems, error);
    return undefined;
  }
};

/** Several problems in one error; each says its place and what to type. */
export class InventoryError extends FleetError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const told = problems.map(({ message, remedy }) => `\n  ${message}\n    → ${remedy.replaceAll('\n', '\n      ')}`);
    super({
      code: 'inventory.problems',
      message: `there are ${problems.length} problems in the inventory:${told.join('')}`,
      remedy: 'Correct each of them as said below it',
      facts: { problems: problems.length },
    });
    this.problems = problems;
  }
}

/** Throws what was found: one problem as it is, several as an `InventoryError`. */
export const throwFound = ({ found }: Problems): void => {
  const [first, ...more] = [...found.values()];
  if (first === undefined) return;
  throw more.length === 0 ? first : new InventoryError([first, ...more]);
};
