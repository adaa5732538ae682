import { unfoldHosts } from '../model/fold-hosts.ts';
import { globToRegExp } from './glob.ts';
import type { Inventory } from './inventory.ts';
import { badPattern } from './pattern.ts';

const SUBSCRIPT = /^(.+)\[(?:(-?\d+)|(\d+):(\d*))\]$/;
const FOLD = /^([^[\]*?~]*)\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]([^[\]*?]*)$/;

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

/** Names of hosts, in the order that subscripts count; hosts are looked at where no group fits, or with wildcards. */
const named = (inventory: Inventory, text: string): readonly string[] => {
  const matches = matcherOf(text);
  const groups = [...inventory.groups.values()].filter(({ name }) => matches(name));
  const alsoHosts = groups.length === 0 || text.startsWith('~') || /[.?*[]/.test(text);
  const hosts = alsoHosts ? [...inventory.hosts.keys()].filter(matches) : [];
  return [...new Set([...groups.flatMap((group) => group.hosts), ...hosts])];
};

/**
 * `hv[01-03,07]`, as plans and reports write it. Elsewhere `[0-9]` before the end of a name is a class of letters, and
 * means the same.
 */
const folded = (inventory: Inventory, text: string): readonly string[] | undefined => {
  const [, head = '', numbers = '', tail = ''] = FOLD.exec(text) ?? [];
  if (!/[-,]/.test(numbers) || (tail !== '' && /^\d-\d$/.test(numbers))) return undefined;
  if (tail === '' && inventory.groups.has(head)) {
    const remedy = `Write ${head}[${numbers.replace('-', ':')}] for positions in group ${head}, or name the hosts`;
    throw badPattern(text, `may mean positions in group ${head} or names of hosts`, remedy);
  }
  return unfoldHosts(text);
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
  const names = folded(inventory, text);
  if (names !== undefined) {
    return {
      hosts: names.filter((name) => inventory.hosts.has(name)),
      unknown: names.filter((name) => !inventory.hosts.has(name)),
    };
  }
  const none = (hosts: readonly string[]): Matched => ({ hosts, unknown: hosts.length === 0 ? [text] : [] });
  if (text.startsWith('~')) return none(named(inventory, text));
  if (/\[:-?\d+\]$/.test(text)) {
    throw badPattern(text, 'has a subscript without a start', `Write ${text.replace('[:', '[0:')}`);
  }
  const subscript = SUBSCRIPT.exec(text);
  if (subscript === null) return none(named(inventory, text));
  const [, base = '', index, start, end] = subscript;
  const hosts = named(inventory, base);
  if (hosts.length === 0) return { hosts, unknown: [base] };
  const chosen =
    index === undefined
      ? hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1)
      : hosts.slice(Number(index)).slice(0, 1);
  return { ...none(chosen), among: hosts.length };
};
