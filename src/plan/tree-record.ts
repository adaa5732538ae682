import type { NodeRecord, Reading, TreeRecord } from '../model/plan-document.ts';
import type { Node } from '../playbook/index.ts';
import type { LibrarySource } from '../shell/index.ts';
import type { Readings } from './forecast.ts';
import { type FileDigests, filesSent, librariesOf, nodeText } from './node-text.ts';

/** What recording a tree needs to know. */
export interface Recording {
  readonly files: FileDigests;
  readonly libraries: LibrarySource;
  readonly sha256: (text: string) => string;
  /** Takes secrets out of what hosts printed. */
  readonly hide?: (text: string) => string;
}

const without = (reading: Reading, hide: (text: string) => string): Reading => {
  switch (reading.is) {
    case 'value':
      return { ...reading, text: hide(reading.text) };
    case 'error':
      return { ...reading, message: hide(reading.message) };
    case 'unknown':
      return reading;
  }
};

export interface RecordedTree {
  readonly tree: TreeRecord;
  /** The texts that the tree names, by digest. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** All of a node, also what its text leaves out: a limit that was added to the language, say. */
const exactly = (node: Node, files: FileDigests): string =>
  JSON.stringify([
    'nodes' in node ? { ...node, nodes: [] } : node,
    filesSent([node]).map((file) => files.get(file) ?? null),
  ]);

/** A play's tree for one host as a record of what it would do, and of what was read of it. */
export const recordTree = (
  play: number,
  nodes: readonly Node[],
  readings: Readings,
  { files, libraries, sha256, hide = (text) => text }: Recording,
): RecordedTree => {
  const scripts = new Map<string, string>();
  const keep = (text: string): string => {
    const digest = sha256(text);
    scripts.set(digest, text);
    return digest;
  };
  const readingOf = (node: Node): NodeRecord['reading'] => {
    const was = readings.get(node.title);
    if ((node.kind !== 'step' && node.kind !== 'verify') || was === undefined) return null;
    return { was: without(was, hide), want: node.want };
  };
  const walk = (list: readonly Node[], depth: number): readonly NodeRecord[] =>
    list.flatMap((node) => [
      {
        title: node.title,
        kind: node.kind,
        depth,
        script: keep(nodeText(node, files)),
        exact: sha256(exactly(node, files)),
        libraries: Object.fromEntries(librariesOf(node).map((name) => [name, keep(libraries(name))])),
        reading: readingOf(node),
      },
      ...('nodes' in node ? walk(node.nodes, depth + 1) : []),
    ]);
  return { tree: { play, nodes: walk(nodes, 0) }, scripts };
};
