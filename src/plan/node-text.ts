import type { Node, Send, Step } from '../playbook/index.ts';
import type { Script } from '../shell/index.ts';

/** Digests of the controller's files that steps send, by path. */
export type FileDigests = ReadonlyMap<string, string>;

/** The controller's files that are sent by steps of a tree. */
export const filesSent = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'step') return node.sends.flatMap(({ from }) => ('file' in from ? [from.file] : []));
    return 'nodes' in node ? filesSent(node.nodes) : [];
  });

/** A comment line: what stands in it cannot end it. */
const about = (name: string, value: string | number): string =>
  `# ${name}: ${typeof value === 'number' ? value : JSON.stringify(value)}`;

const scriptLines = (name: string, script: Script): readonly string[] => [
  `# ${name}${script.libraries.length === 0 ? '' : `, with ${script.libraries.join(', ')}`}`,
  script.text,
];

const sendLine = ({ from, remote, mode }: Send, files: FileDigests): string =>
  'artifact' in from
    ? about(`sends build ${from.artifact}, mode ${mode}, to`, remote)
    : about(`sends a file of sha256 ${files.get(from.file) ?? 'unknown'}, mode ${mode}, to`, remote);

const stepLines = (node: Step, files: FileDigests): readonly string[] => [
  ...scriptLines('read', node.read),
  about('wants', node.want),
  about('within ms', node.withinMs),
  ...node.sends.map((send) => sendLine(send, files)),
  ...node.brings.map(({ remote, artifact }) => about(`brings build ${artifact} from`, remote)),
  ...(node.phases.length > 0
    ? node.phases.flatMap((phase) => [about('phase', phase.title), ...scriptLines('run', phase.run)])
    : node.ways.flatMap((way) => [
        about('way', way.title),
        ...scriptLines('can', way.can),
        ...scriptLines('make', way.make),
      ])),
  ...(node.undo === null ? [] : scriptLines('undo', node.undo)),
  ...node.logs.map(({ remote, as }) => about(`copies, as ${as}`, remote)),
  ...(node.rebootMs === null ? [] : [about('reboots, within ms', node.rebootMs)]),
];

const bodyOf = (node: Node, files: FileDigests): readonly string[] => {
  switch (node.kind) {
    case 'step':
      return stepLines(node, files);
    case 'verify':
      return [
        ...scriptLines('read', node.read),
        about('wants', node.want),
        about('within ms', node.withinMs),
        ...node.fetches.map(({ remote, as }) => about(`fetches, as ${as}`, remote)),
      ];
    case 'group':
      return [];
    case 'around':
      return [...scriptLines('before', node.before), ...scriptLines('after', node.after)];
    case 'unchanged':
      return [
        ...scriptLines('read', node.read),
        ...scriptLines('read after a reboot', node.readAfterReboot),
        ...scriptLines('save', node.save),
        ...scriptLines('end', node.end),
      ];
    case 'transaction':
      return [about('confirm ms', node.confirmMs), about('deadline ms', node.deadlineMs)];
    case 'watched':
      return [about('longest gap ms', node.maxGapMs)];
    case 'on':
      return [about('asks', node.host)];
  }
};

/** All that one node of a tree would have a host do, without what stands in it: for people to read, and to be compared. */
export const nodeText = (node: Node, files: FileDigests): string =>
  `${[about(node.kind, node.title), ...bodyOf(node, files)].join('\n')}\n`;

/** The libraries that the scripts of a node call, in the order that they are put into programs. */
export const librariesOf = (node: Node): readonly string[] => {
  const scripts = ((): readonly Script[] => {
    switch (node.kind) {
      case 'step':
        return [
          node.read,
          ...node.ways.flatMap((way) => [way.can, way.make]),
          ...node.phases.map((phase) => phase.run),
          ...(node.undo === null ? [] : [node.undo]),
        ];
      case 'verify':
        return [node.read];
      case 'around':
        return [node.before, node.after];
      case 'unchanged':
        return [node.read, node.readAfterReboot, node.save, node.end];
      case 'group':
      case 'transaction':
      case 'watched':
      case 'on':
        return [];
    }
  })();
  return [...new Set(scripts.flatMap(({ libraries }) => libraries))];
};
