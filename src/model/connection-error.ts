import { FleetError, type Problem } from './error.ts';
import type { ConnectionFault } from './ports.ts';

/** There is no connection to a host, or it went away. */
export class ConnectionError extends FleetError {
  readonly fault: ConnectionFault;

  constructor(fault: ConnectionFault, problem: Problem, cause?: unknown) {
    super(problem, cause);
    this.fault = fault;
  }
}
