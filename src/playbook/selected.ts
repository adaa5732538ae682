import type { Problem } from '../model/error.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import { isEverything, type Selection, selectionText } from '../model/selection.ts';
import { addressOf, type Leaf, leavesOf, namer, namesOf } from './address.ts';
import type { HostView } from './playbook.ts';
import { type Chosen, pruned } from './prune.ts';
import type { ResolvedPlay, ResolvedPlaybook } from './resolve.ts';
import { isTagged } from './tags.ts';

/** A playbook of which only a part is done. */
export interface Selected {
  readonly playbook: ResolvedPlaybook;
  /** Why nothing is left of it on the hosts that were asked so far; `null` when something is. */
  readonly nothing: () => Problem | null;
  /** Words of the selection that fit nothing on these hosts: most likely they are misspelt. */
  readonly unused: () => readonly Problem[];
}

const topOf = (play: ResolvedPlay): Leaf => ({ play: play.title, titles: [], tags: play.tags });

/** All that a play may do on a host, or have built for it. */
export const leavesInPlay = (play: ResolvedPlay, view: HostView): readonly Leaf[] =>
  play.hosts.kind === 'pattern'
    ? leavesOf(play.nodes(view), topOf(play))
    : leavesOf(
        play.hosts.needed(view).map(({ node }) => node),
        topOf(play),
      );

/** Whether a host is among those that a play is for. */
export type IsIn = (play: ResolvedPlay, host: string) => boolean;

/** For each host: the first that fits, over all plays that it is in, and all that comes after. */
const fromThere = (plays: readonly ResolvedPlay[], pattern: string, isIn: IsIn) => {
  const fits = namer(pattern);
  return (index: number, view: HostView): Chosen => {
    for (const [at, play] of plays.entries()) {
      if (!isIn(play, view.host.name)) continue;
      const leaves = leavesInPlay(play, view);
      const first = leaves.findIndex(fits);
      if (first < 0) continue;
      if (at !== index) return () => at < index;
      const after = new Set(leaves.slice(first).map(({ titles }) => addressOf(titles)));
      return ({ titles }) => after.has(addressOf(titles));
    }
    return () => false;
  };
};

/** What there was to select from. */
interface Seen {
  readonly names: Set<string>;
  readonly tags: Set<string>;
}

interface Word {
  readonly flag: string;
  readonly text: string;
  readonly fits: (leaf: Leaf) => boolean;
  readonly among: 'names' | 'tags';
}

const special: readonly string[] = ['all', 'tagged', 'untagged', 'always', 'never'];

const wordsOf = ({ only, tags, skipTags, startAt }: Selection): readonly Word[] => {
  const pattern = (flag: string, text: string): Word => ({ flag, text, fits: namer(text), among: 'names' });
  const tag = (flag: string, text: string): Word => ({
    ...{ flag, text, among: 'tags' },
    fits: (leaf) => special.includes(text) || leaf.tags.includes(text),
  });
  return [
    ...only.map((text) => pattern('--only', text)),
    ...tags.map((text) => tag('--tags', text)),
    ...skipTags.map((text) => tag('--skip-tags', text)),
    ...(startAt === null ? [] : [pattern('--start-at-task', startAt)]),
  ];
};

const seeAll = 'See what there is: the same command with --list-tasks';

const unusedProblem = ({ flag, text, among }: Word, seen: Seen): Problem => {
  const parts = text
    .replace(/[*?]/g, '')
    .split('/')
    .filter((part) => part !== '');
  const meant = didYouMean([...new Set(parts.flatMap((part) => nearest(part, seen[among])))].slice(0, 3));
  return { code: 'playbook.unused-selection', message: `${flag} ${text} fits nothing.${meant}`, remedy: seeAll };
};

/** A playbook, as far as it is selected. */
export const selectPart = (playbook: ResolvedPlaybook, selection: Selection, isIn: IsIn): Selected => {
  const { only, tags, skipTags, startAt } = selection;
  const named = only.map(namer);
  const isStarted = startAt === null ? () => () => true : fromThere(playbook.plays, startAt, isIn);
  const words = wordsOf(selection);
  const unused = new Set(words);
  const seen: Seen = { names: new Set(), tags: new Set() };
  let found = false;

  const choosing = (index: number, view: HostView): Chosen => {
    const started = isStarted(index, view);
    return (leaf) => {
      for (const name of namesOf(leaf)) seen.names.add(name);
      for (const tag of leaf.tags) seen.tags.add(tag);
      for (const word of unused) if (word.fits(leaf)) unused.delete(word);
      const chosen =
        (named.length === 0 || named.some((fits) => fits(leaf))) &&
        isTagged(leaf.tags, tags, skipTags) &&
        started(leaf);
      found ||= chosen;
      return chosen;
    };
  };

  /** Looks over all that a host may have done: what is said of the selection must not depend on which plays came first. */
  const lookOver = (view: HostView): void => {
    for (const [index, play] of playbook.plays.entries()) {
      if (!isIn(play, view.host.name)) continue;
      try {
        for (const leaf of leavesInPlay(play, view)) choosing(index, view)(leaf);
      } catch {
        // Whoever asks the play for its tree is told why there is none.
      }
    }
  };

  const plays = playbook.plays.map((play, index): ResolvedPlay => {
    const { hosts } = play;
    if (hosts.kind === 'builders') {
      const needed: typeof hosts.needed = (view) => {
        const chosen = choosing(index, view);
        return hosts.needed(view).filter(({ node }) => leavesOf([node], topOf(play)).some(chosen));
      };
      return { ...play, hosts: { ...hosts, needed } };
    }
    const nodes: ResolvedPlay['nodes'] = (view) => pruned(play.nodes(view), topOf(play), choosing(index, view));
    return {
      ...play,
      nodes,
      preflight: (view) => {
        lookOver(view);
        return nodes(view).length > 0 ? play.preflight(view) : [];
      },
      gates: (view) => (nodes(view).length > 0 ? play.gates(view) : []),
    };
  });

  return {
    playbook: { ...playbook, plays },
    nothing: () => {
      if (found || isEverything(selection) || seen.names.size === 0) return null;
      const problems = [...unused].map((word) => unusedProblem(word, seen).message);
      const why = problems.length === 0 ? 'its parts exclude each other.' : problems.join(' ');
      return {
        code: 'playbook.nothing-selected',
        message: `Nothing of the playbook is selected by ${selectionText(selection)}: ${why}`,
        remedy: seeAll,
      };
    },
    unused: () => (seen.names.size === 0 ? [] : [...unused].map((word) => unusedProblem(word, seen))),
  };
};
