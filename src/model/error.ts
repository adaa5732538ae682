/** A remedy is something to type: a command, a flag, a line to put into a file. */
export interface Problem {
  /** Stable, machine-readable: `inventory.unknown-group`, `ssh.host-key-changed`, … */
  readonly code: string;
  /** One sentence: what happened, on which host, why. */
  readonly message: string;
  /** What to type next. */
  readonly remedy: string;
  /** The facts of the message as fields, for JSON and reports. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/**
 * Every error that a user is meant to read. Expected outcomes of a run (a step failed, a host could not be reached)
 * are values, not exceptions; this is for bad input and for what makes going on senseless.
 */
export class FleetError extends Error implements Problem {
  override readonly name = 'FleetError';
  readonly code: string;
  readonly remedy: string;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.message, cause === undefined ? undefined : { cause });
    this.code = problem.code;
    this.remedy = problem.remedy;
    this.facts = problem.facts ?? {};
  }
}
