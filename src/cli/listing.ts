import { foldHosts } from '../model/fold-hosts.ts';
import type { Leaf } from '../playbook/index.ts';
import { addressOf } from '../playbook/index.ts';
import type { Look } from '../render/index.ts';

/** What a play goes through on each of its hosts; `null` for a host whose facts could not be read. */
export interface ListedPlay {
  readonly title: string;
  readonly pattern: string;
  readonly hosts: ReadonlyMap<string, readonly Leaf[] | null>;
}

const heading = ({ title, pattern, hosts }: ListedPlay, look: Look): string =>
  `${look.paint('strong', title)}  ${look.paint('quiet', `hosts: ${pattern} (${hosts.size})`)}`;

/** The hosts of each play, one a line. */
export const hostsText = (plays: readonly ListedPlay[], look: Look): string =>
  plays
    .map((play) => `${heading(play, look)}\n${[...play.hosts.keys()].map((host) => `  ${host}\n`).join('')}`)
    .join('');

const lineOf = ({ titles, tags }: Leaf): string =>
  `    ${addressOf(titles)}${tags.length === 0 ? '' : `   [${[...new Set(tags)].join(', ')}]`}\n`;

/** Hosts that go through the same stand together. */
const alike = ({ hosts }: ListedPlay): readonly (readonly [readonly string[], string])[] => {
  const groups = new Map<string, string[]>();
  for (const [host, leaves] of hosts) {
    const text = leaves === null ? '    its facts could not be read\n' : leaves.map(lineOf).join('') || '    nothing\n';
    groups.set(text, [...(groups.get(text) ?? []), host]);
  }
  return [...groups].map(([text, names]) => [names, text] as const);
};

/** What each play goes through, as addresses that `--only` takes, with tags. */
export const tasksText = (plays: readonly ListedPlay[], look: Look): string =>
  plays
    .map((play) => {
      const groups = alike(play).map(([names, text]) => `  ${foldHosts(names)} (${names.length})\n${text}`);
      return `${heading(play, look)}\n${groups.join('')}`;
    })
    .join('');

/** The tags of each play. */
export const tagsText = (plays: readonly ListedPlay[], look: Look): string =>
  plays
    .map((play) => {
      const tags = new Set([...play.hosts.values()].flatMap((leaves) => (leaves ?? []).flatMap((leaf) => leaf.tags)));
      return `${heading(play, look)}\n  ${[...tags].toSorted().join(', ') || 'no tags'}\n`;
    })
    .join('');
