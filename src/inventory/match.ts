import { globToRegExp } from './glob.ts';
import type { Inventory } from './inventory.ts';
import { unfoldNodeSet } from './node-set.ts';
import { badPattern } from './pattern.ts';

const SUBSCRIPT = /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/;

type Matches = (name: string) => boolean;

const matcherOf = (text: string): Matches => {
  try {
    const expression = text.startsWith('~') ? new RegExp(`^(?:${text.slice(1)})`) : globToRegExp(text);
    return (name) => expression.test(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badPattern(
      text,
      `cannot be understood: ${reason}`,
      "Write a name, 'hv*', or '~hv[0-9]+' (JavaScript syntax)",
    );
  }
};

/**
 * Names of hosts, in the order that subscripts count; hosts are looked at where no group fits, or with wildcards. As in
 * Ansible a host counts once for each group and name that fits.
 */
const named = (inventory: Inventory, text: string): readonly string[] => {
  const matches = matcherOf(text);
  const groups = [...inventory.groups.values()].filter(({ name }) => matches(name));
  const alsoHosts = groups.length === 0 || text.startsWith('~') || /[.?*[]/.test(text);
  const hosts = alsoHosts ? [...inventory.hosts.keys()].filter(matches) : [];
  return [...groups.flatMap((group) => group.hosts), ...hosts];
};

/**
 * The names of a set as ClusterShell writes it (`hv[1-3,5,9-20/2]`), where that is what a text can mean: it has no
 * wildcards, and what stands before the bracket at its end is no group and no host, for then it is Ansible's subscript.
 */
const namesOfSet = (inventory: Inventory, text: string): readonly string[] | undefined => {
  const [, base = '', inside = ''] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(text) ?? [];
  if (!inventory.groups.has(base) && !inventory.hosts.has(base)) return unfoldNodeSet(text);
  if (!inside.includes(',') && !inside.includes('/')) return undefined;
  const what = inventory.groups.has(base) ? 'group' : 'host';
  throw badPattern(
    text,
    `has a list in the subscript of ${what} ${base}`,
    `Write ${inside
      .split(',')
      .map((part) => `${base}[${part.replace(/\/.*/, '').replace('-', ':')}]`)
      .join(',')}, or name hosts`,
  );
};

/** One term without its sign: the hosts that it names, and the names in it that are none. */
export interface Matched {
  readonly hosts: readonly string[];
  readonly unknown: readonly string[];
  /** How many hosts there are where a subscript points past the last. */
  readonly among?: number;
}

/** Finds the hosts of one term as Ansible does: host, group, `glob*`, `~regex`, with a subscript; and folded names. */
export const match = (inventory: Inventory, text: string): Matched => {
  const names = text.startsWith('~') ? undefined : namesOfSet(inventory, text);
  const isSubscript = /\[\d+\]$/.test(text) && names?.every((name) => !inventory.hosts.has(name));
  if (names !== undefined && isSubscript !== true) {
    return {
      hosts: names.filter((name) => inventory.hosts.has(name)),
      unknown: names.filter((name) => !inventory.hosts.has(name)),
    };
  }
  const none = (found: readonly string[]): Matched => {
    const hosts = [...new Set(found)];
    return { hosts, unknown: hosts.length === 0 ? [text] : [] };
  };
  if (text.startsWith('~')) return none(named(inventory, text));
  if (/\[:-?\d+\]$/.test(text)) {
    throw badPattern(text, 'has a subscript without a start', `Write ${text.replace('[:', '[0:')}`);
  }
  const subscript = SUBSCRIPT.exec(text);
  if (subscript === null) return none(named(inventory, text));
  const [, base = '', index, start, end] = subscript;
  const hosts = named(inventory, base);
  if (hosts.length === 0) return { hosts, unknown: [base] };
  // As in Ansible, [3:0] is the one at [3].
  const single = index ?? (Number(end) === 0 && end !== '' ? start : undefined);
  const chosen =
    single === undefined
      ? hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1)
      : hosts.slice(Number(single)).slice(0, Number(single) < -hosts.length ? 0 : 1);
  return { ...none(chosen), among: new Set(hosts).size };
};
