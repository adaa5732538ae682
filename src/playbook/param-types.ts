import type { Value } from '../model/host.ts';

/** One parameter of a playbook: what it is for, and how a value from `-e` or the inventory becomes a typed one. */
export interface Param<T extends Value> {
  readonly about: string;
  /** A word for the kind of value: `version`, `yes or no`, … */
  readonly kind: string;
  readonly fallback: { readonly value: T } | null;
  /** Undefined when the value is not of this kind. */
  readonly parse: (value: Value) => T | undefined;
}

export type ParamSpecs = Readonly<Record<string, Param<Value>>>;

export type ParamValues<S extends ParamSpecs> = { readonly [K in keyof S]: S[K] extends Param<infer T> ? T : never };
