import { FleetError } from '../model/error.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Host } from '../model/host.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import type { Inventory } from './inventory.ts';
import { type Matched, match } from './match.ts';
import { splitPattern, type Term, termsOf } from './pattern.ts';

export interface SelectOptions {
  /** A part that fits no host, and a pattern that selects none, are no errors. */
  readonly allowEmpty?: boolean;
}

const subjectOf = (inventory: Inventory, { text }: Term, { unknown, among }: Matched): string => {
  if (among !== undefined) return `${text} picks none: there are ${among} hosts, and the first is [0]`;
  if (inventory.groups.has(text)) return `group ${text} has no hosts`;
  return `no host or group is named ${foldHosts(unknown)}`;
};

const hintOf = (text: string): string => {
  if (/[,:]/.test(text)) return ' Separate all parts with commas, or all with colons.';
  if (!['localhost', '127.0.0.1', '::1'].includes(text)) return '';
  return ' This machine counts only if the inventory names it.';
};

/** A range as inventories write it, in the form that patterns have for it; nothing when that fits no host either. */
const asNodeSet = (inventory: Inventory, text: string): readonly string[] => {
  const nodeSet = text.replace(/\[(\d+):(\d+)(?::(\d+))?\]/g, (range, from: string, to: string, step?: string) => {
    if (Number(from) > Number(to) || Number(step ?? 1) === 0) return range;
    return step === undefined ? `[${from}-${to}]` : `[${from}-${to}/${step}]`;
  });
  return nodeSet !== text && match(inventory, nodeSet).unknown.length === 0 ? [nodeSet] : [];
};

/** What may have been meant in the place of what fits nothing, likeliest first. */
const likelyMeant = (inventory: Inventory, term: Term, wrong: string): readonly string[] => {
  const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
  return [
    ...asNodeSet(inventory, term.text),
    ...nearest(
      wrong,
      names.filter((name) => name !== wrong),
    ),
  ];
};

/**
 * Whether an exclusion is a slip of the pen: taken for nothing, it would let a run at the very host that was to be spared.
 * A name that is like no other may be that of a group which this inventory does not have, and excludes nobody.
 */
const isSlip = (inventory: Inventory, term: Term, { unknown, among }: Matched): boolean => {
  const [wrong] = unknown;
  return (
    wrong !== undefined &&
    among === undefined &&
    !inventory.groups.has(term.text) &&
    likelyMeant(inventory, term, wrong).length > 0
  );
};

const noMatch = (inventory: Inventory, term: Term, matched: Matched, pattern: string): FleetError => {
  const [wrong = term.text] = matched.unknown;
  const meant = matched.among === undefined ? likelyMeant(inventory, term, wrong) : [];
  const [first] = meant;
  const range = asNodeSet(inventory, term.text).length > 0;
  const choice = `Choose from the groups ${[...inventory.groups.keys()].join(', ')}, or name hosts`;
  return new FleetError({
    code: 'inventory.no-match',
    message: `${subjectOf(inventory, term, matched)} (in '${pattern}').${didYouMean(range ? meant.slice(0, 1) : meant)}${range ? '' : hintOf(term.text)}`,
    remedy:
      first === undefined || !pattern.includes(wrong)
        ? choice
        : `Write '${pattern.replace(range ? term.text : wrong, first)}'`,
    facts: { pattern, term: term.text },
  });
};

const emptySelection = (pattern: string): FleetError =>
  new FleetError({
    code: 'inventory.empty-selection',
    message: `the pattern '${pattern}' selects no host: each of its parts fits some, all together none`,
    remedy: 'Remove a part that begins with & or !',
    facts: { pattern },
  });

/** Selects by the parts of a pattern; `pattern` is what errors quote. */
export const selectParts = (
  inventory: Inventory,
  parts: readonly string[],
  pattern: string,
  options: SelectOptions = {},
): readonly Host[] => {
  let chosen = new Set<string>();
  for (const term of termsOf(parts)) {
    // As in Ansible: a host wins over a group of its name, but only where it is added.
    const plainHost = term.effect === 'add' && inventory.hosts.has(term.text);
    const matched = plainHost ? { hosts: [term.text], unknown: [] } : match(inventory, term.text);
    const wrong = term.effect === 'remove' ? isSlip(inventory, term, matched) : matched.unknown.length > 0;
    if (wrong && options.allowEmpty !== true) {
      throw noMatch(inventory, term, matched, pattern);
    }
    const these = new Set(matched.hosts);
    switch (term.effect) {
      case 'add':
        chosen = new Set([...chosen, ...these]);
        break;
      case 'keep':
        chosen = new Set([...chosen].filter((name) => these.has(name)));
        break;
      case 'remove':
        chosen = new Set([...chosen].filter((name) => !these.has(name)));
        break;
    }
  }
  if (chosen.size === 0 && options.allowEmpty !== true) throw emptySelection(pattern);
  return [...inventory.hosts.values()].filter((host) => chosen.has(host.name));
};

/**
 * The hosts that a pattern names, in the order of the inventory. Patterns are Ansible's
 * (https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html): `a,b` or `a:b`, `a:&b`, `a:!b`, `hv*`,
 * `~regex` (from the start of a name), `group[0]`, `group[-1]`, `group[1:3]`, `all`, `*`; and `hv[01-03,07]`, as plans
 * fold names.
 *
 * Unlike there, a part that fits nothing is `inventory.no-match` (but after `!`), and a selection of no hosts is
 * `inventory.empty-selection`.
 */
export const select = (inventory: Inventory, pattern: string, options: SelectOptions = {}): readonly Host[] =>
  selectParts(inventory, splitPattern(pattern), pattern, options);
