import { FleetError } from '../../model/error.ts';

/** Something that is wrong with what shall be compiled. `name` is the last part of its code. */
export const sourceError = (name: string, message: string, remedy: string, cause?: unknown): FleetError =>
  new FleetError({ code: `source.${name}`, message, remedy }, cause);
