import { FleetError, type Problem } from '../model/error.ts';
import { type Position, problemAt } from '../yaml/index.ts';

export const refusal = (at: Position, code: string, message: string, remedy: string): FleetError =>
  new FleetError(problemAt(at, { code: `inventory.${code}`, message, remedy }));

/** Throws the problem with `file:line:column` before its message. */
export const refuse = (at: Position, code: string, message: string, remedy: string): never => {
  throw refusal(at, code, message, remedy);
};

export const warning = (at: Position, code: string, message: string, remedy: string): Problem =>
  problemAt(at, { code: `inventory.${code}`, message, remedy });
