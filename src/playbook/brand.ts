/**
 * The one place with a type assertion: the parameters were parsed by the very specs that give them their types, which
 * the compiler cannot follow through a loop over names.
 */
import type { Value } from '../model/host.ts';
import type { ParamSpecs, ParamValues } from './param-types.ts';

export const typedBy = <S extends ParamSpecs>(_specs: S, values: Readonly<Record<string, Value>>): ParamValues<S> =>
  values as ParamValues<S>;
