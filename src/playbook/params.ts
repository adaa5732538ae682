import { FleetError } from '../model/error.ts';
import type { Value } from '../model/host.ts';
import { nearest } from '../model/nearest.ts';
import { Secret } from '../model/secret.ts';
import { typedBy } from './brand.ts';
import type { Param, ParamSpecs, ParamValues } from './param-types.ts';
import { type EarlierRun, earlierRun, runKind } from './run-param.ts';
import { type Source, sourceKind, sourceOf } from './source-param.ts';

const text = (value: Value): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

const matching = (pattern: RegExp) => (value: Value) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;

const make = <T extends Value>(
  kind: string,
  about: string,
  parse: (value: Value) => T | undefined,
  fallback?: { readonly default: T },
): Param<T> => ({
  about,
  kind,
  fallback: fallback === undefined ? null : { value: fallback.default },
  // A default may be of no kind, such as '' for no version; a run that is gone on with gives it again as it was written down.
  parse: (value) => (fallback !== undefined && value === fallback.default ? fallback.default : parse(value)),
});

const boolean = (value: Value): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 'yes' || value === 'true') return true;
  if (value === 'no' || value === 'false') return false;
  return undefined;
};

/** The kind of parameters that nobody is shown, and that no command line may hold. */
export const secretKind = 'secret';

const secret = (value: Value): Secret | undefined => {
  if (value instanceof Secret) return value;
  return typeof value === 'string' || typeof value === 'number' ? new Secret(String(value)) : undefined;
};

/** The kinds of parameters a playbook can have. Each without a `default` must be given. */
export const param = {
  /** A release such as `3.5.0`. Text alone: YAML reads 2.10 without quotes as a number, 2.1, which is another release. */
  version: (about: string, options?: { readonly default: string }): Param<string> =>
    make('version such as "3.5.0", in quotes', about, matching(/^\d+\.\d+(\.\d+)?$/), options),
  string: (about: string, options?: { readonly default: string }): Param<string> => make('text', about, text, options),
  /** A path on the controller. */
  file: (about: string, options?: { readonly default: string }): Param<string> => make('path', about, text, options),
  sha256: (about: string, options?: { readonly default: string }): Param<string> =>
    make('sha256 (64 hex digits)', about, matching(/^[0-9a-f]{64}$/), options),
  /**
   * A password, a token, a key: from a vault, or with `--secret NAME=file:PATH`, `env:NAME` or `prompt`; `-e` is refused. It
   * is a `Secret`, which nothing prints; `withInput(params.password, sh`chpasswd`)` gives it to a command on a host.
   */
  secret: (about: string): Param<Secret> => make(secretKind, about, secret),
  boolean: (about: string, options?: { readonly default: boolean }): Param<boolean> =>
    make('yes or no', about, boolean, options),
  duration: (about: string, options?: { readonly default: string }): Param<string> =>
    make('duration such as 90s', about, matching(/^(\d+(\.\d+)?(ms|s|m|h))+$/), options),
  count: (about: string, options?: { readonly default: number }): Param<number> =>
    make('whole number above 0', about, count, options),
  /** A number of hosts or a share of them. */
  share: (about: string, options?: { readonly default: number | `${number}%` }): Param<number | `${number}%`> =>
    make('number of hosts or percent', about, share, options),
  shares: (
    about: string,
    options?: { readonly default: readonly (number | `${number}%`)[] },
  ): Param<readonly (number | `${number}%`)[]> => make('list such as [1, "10%", "100%"]', about, shares, options),
  /** An earlier run, named by its id, a part of it, or `latest`; null unless given. */
  run: (about: string): Param<EarlierRun | null> => make(runKind, about, earlierRun, { default: null }),
  /** What is compiled: a tarball, a directory, an address, or a tag of a git repository; fetched once, by the controller. */
  source: (about: string): Param<Source> => make(sourceKind, about, sourceOf),
  oneOf: <const T extends string>(
    about: string,
    choices: readonly T[],
    options?: { readonly default: NoInfer<T> },
  ): Param<T> => make(choices.join(' | '), about, (value) => choices.find((choice) => choice === value), options),
};

function count(value: Value): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined;
}

function share(value: Value): number | `${number}%` | undefined {
  if (typeof value !== 'string') return count(value);
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(value.trim());
  if (percent === null) return count(value.trim());
  const number = Number(percent[1]);
  return number > 0 && number <= 100 ? `${number}%` : undefined;
}

function shares(value: Value): readonly (number | `${number}%`)[] | undefined {
  const items: readonly Value[] = typeof value === 'string' ? value.split(',') : isList(value) ? value : [value];
  const parsed = items.map(share);
  return parsed.every((item) => item !== undefined) ? parsed : undefined;
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Where a value came from, for messages: `-e`, `ovsfleet_params in inventory.yaml:12`. */
export interface GivenParam {
  readonly value: Value;
  readonly from: string;
}

export interface ResolvedParams<S extends ParamSpecs> {
  readonly typed: ParamValues<S>;
  /** The same for events and reports. */
  readonly plain: Readonly<Record<string, Value>>;
}

const kindOf = (name: string, { kind }: Param<Value>): string =>
  kind === secretKind ? `secret: --secret ${name}=file:PATH, ${name}=env:VARIABLE or ${name}=prompt` : kind;

const remedyFor = (known: readonly string[]): string =>
  known.length === 0
    ? 'Leave it out: this playbook has no parameters.'
    : `Give them with -e NAME=VALUE, or in the inventory under all: vars: ovsfleet_params. It knows: ${known.join(', ')}.`;

const unknown = (name: string, from: string, known: readonly string[]): string => {
  const [meant] = nearest(name, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return `"${name}" (${from}) is not a parameter of this playbook${hint}`;
};

/**
 * The typed values of a playbook's parameters. All problems are told together.
 * Throws `playbook.params` for unknown names, missing ones and values of another kind.
 */
export const resolveParams = <S extends ParamSpecs>(
  specs: S,
  given: Readonly<Record<string, GivenParam>>,
): ResolvedParams<S> => {
  const problems: string[] = [];
  for (const [name, { from }] of Object.entries(given)) {
    if (!Object.hasOwn(specs, name)) problems.push(unknown(name, from, Object.keys(specs)));
  }
  const values: Record<string, Value> = {};
  for (const [name, spec] of Object.entries<Param<Value>>(specs)) {
    const giving = given[name];
    if (giving === undefined) {
      if (spec.fallback === null) problems.push(`"${name}" is missing: ${spec.about} (${kindOf(name, spec)})`);
      else values[name] = spec.fallback.value;
      continue;
    }
    const parsed = spec.parse(giving.value);
    if (parsed === undefined)
      problems.push(
        spec.kind === secretKind
          ? `"${name}" must be text, and is something else`
          : `"${name}" is ${JSON.stringify(giving.value)} (${giving.from}), but must be a ${spec.kind}`,
      );
    else values[name] = parsed;
  }
  if (problems.length > 0) {
    throw new FleetError({
      code: 'playbook.params',
      message: `The playbook's parameters are not right: ${problems.join('; ')}.`,
      remedy: remedyFor(Object.keys(specs)),
    });
  }
  return { typed: typedBy(specs, values), plain: values };
};
