import { factsDifferences } from '../facts/index.ts';
import type { Problem } from '../model/error.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { LibrarySource } from '../shell/index.ts';
import { treeDrift } from './drift.ts';
import { isSatisfied } from './forecast.ts';
import { inventoryDifferences, inventoryRecord } from './inventory-record.ts';
import { filesSent } from './node-text.ts';
import type { Oversight } from './oversight.ts';
import { recordTree } from './tree-record.ts';

/** What recording and comparing trees needs from the outside. */
export interface Digests {
  /** Takes secrets out of what hosts printed. */
  readonly hide?: (text: string) => string;
  readonly libraries: LibrarySource;
  readonly sha256: (text: string) => string;
  /** Of a file of the controller; rejects with a `FleetError` when it cannot be read. */
  readonly fileDigest: (file: string) => Promise<string>;
}

/** The digests of all files that a tree sends. */
export const digestFiles = async (
  nodes: Parameters<typeof filesSent>[0],
  { fileDigest }: Digests,
): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all([...new Set(filesSent(nodes))].map(async (file) => [file, await fileDigest(file)] as const)),
  );

/** So many differences are told; the rest are counted. */
const told = 6;

const listed = (differences: readonly string[]): string => {
  const rest = differences.length - told;
  return differences.slice(0, told).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
};

/**
 * Lets a run do what a plan shows and nothing else: a host that is not as the plan found it, or of which the playbook or the
 * inventory now say something else, is refused with what differs.
 * @param since `resumed`: an earlier run by the same plan may have done a part of it
 * @param again what to type to make a new plan
 */
export const approval = (
  plan: PlanDocument,
  since: 'planned' | 'resumed',
  again: string,
  digests: Digests,
): Oversight => {
  const refused = (code: string, host: string, message: string): Problem => ({
    code: `plan.${code}`,
    message: `${host}: ${message}.`,
    remedy: `Nothing was done to it. Plan again, and look at what is new: ${again}`,
    facts: { host },
  });
  const hostOf = (name: string) => (Object.hasOwn(plan.hosts, name) ? plan.hosts[name] : undefined);
  return {
    surveys: 'all',
    ofHost: (host) => {
      const record = hostOf(host.name);
      if (record === undefined) return refused('not-in-plan', host.name, 'it is not in the plan');
      if (record.leftOut !== null) {
        const why = record.leftOut.message.replace(`${host.name}: `, '').replace(/\.$/, '');
        return refused('left-out', host.name, `the plan leaves it out: ${why}`);
      }
      const differences = inventoryDifferences(record.inventory, inventoryRecord(host, digests.sha256));
      if (differences.length === 0) return null;
      return refused('inventory', host.name, `the inventory says otherwise than for the plan: ${listed(differences)}`);
    },
    ofFacts: (host, now) => {
      const before = hostOf(host)?.facts ?? null;
      const differences = before === null ? [] : factsDifferences(before, now);
      if (differences.length === 0) return null;
      return refused('facts', host, `it is not the host that the plan was made for: ${listed(differences)}`);
    },
    ofTree: async ({ play, of, host, nodes, readings }, when) => {
      // Nothing will be done, so nothing that the plan does not show.
      if (isSatisfied(nodes, readings)) return null;
      const was = hostOf(host)?.trees.find((tree) => tree.play === play);
      if (was === undefined) return refused('not-in-plan', host, `the plan does nothing to it in play ${play + 1}`);
      const files = await digestFiles(nodes, digests);
      const { tree, scripts } = recordTree(play, nodes, readings, { ...digests, files });
      const differences = treeDrift(was, tree, readings, {
        strictness: when === 'survey' && since === 'planned' ? 'as-read' : 'as-read-or-wanted',
        fewer: of === 'builders' ? 'allowed' : 'refused',
        textOf: (digest) => plan.scripts[digest] ?? scripts.get(digest) ?? '',
      });
      if (differences.length === 0) return null;
      return refused('drift', host, `it is not as the plan found it: ${listed(differences)}`);
    },
    absent: (selected) =>
      Object.entries(plan.hosts)
        .filter(([name, { role }]) => role === 'selected' && !selected.includes(name))
        .map(([host]) => ({
          host,
          problem: refused('not-selected', host, 'it is in the plan, but the inventory does not select it any more'),
        })),
  };
};

/** What a plan is made of besides its hosts, as it is now. */
export type PlanHead = Pick<PlanDocument, 'version' | 'machinery' | 'sources' | 'params' | 'plays'>;

/** What makes a plan worthless as a whole, a sentence each. */
export const headDifferences = (was: PlanHead, now: PlanHead): readonly string[] => {
  const files = [...new Set([...was.sources, ...now.sources].map(({ file }) => file))];
  const digestIn = ({ sources }: PlanHead, wanted: string): string | undefined =>
    sources.find(({ file }) => file === wanted)?.sha256;
  const changed = files.flatMap((file) => {
    const [before, after] = [digestIn(was, file), digestIn(now, file)];
    if (before === after) return [];
    if (before === undefined) return [`${file} is new`];
    return [after === undefined ? `${file} is not used any more` : `${file} has changed`];
  });
  const names = [...new Set([...Object.keys(was.params), ...Object.keys(now.params)])];
  const params = names.flatMap((name) => {
    const [before, after] = [was.params[name], now.params[name]].map((value) => JSON.stringify(value));
    return before === after ? [] : [`param ${name} was ${before ?? 'not there'}, is ${after ?? 'not there'}`];
  });
  const plays = was.plays.join('\n') === now.plays.join('\n') ? [] : ['its plays are others'];
  const version =
    was.version === now.version
      ? was.machinery === now.machinery
        ? []
        : ['the programs of ovsfleet have changed']
      : [`ovsfleet was ${was.version}, is ${now.version}`];
  return [...version, ...changed, ...params, ...plays];
};
