import { FleetError } from '../../../src/model/error.ts';
import type { HostView, Node, ResolvedPlay, ResolvedPlaybook } from '../../../src/playbook/index.ts';
import { hosts } from './hosts.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

const wanted = (want: string): readonly string[] =>
  want.includes('\n') ? ['want', ...indented(want.split('\n'))] : [`want ${want}`];

const inner = (head: string, nodes: readonly Node[]): readonly string[] => [head, ...indented(nodes.flatMap(outline))];

/** A tree as a reviewer reads it: what should be true, in which parts it is made so, and what stands around it. */
const outline = (node: Node): readonly string[] => {
  switch (node.kind) {
    case 'step':
      return [
        `step ${node.title}`,
        ...indented([
          ...wanted(node.want),
          ...node.sends.map(
            ({ from, remote }) => `sends ${'file' in from ? from.file : `build ${from.artifact}`} to ${remote}`,
          ),
          ...node.brings.map(({ remote, artifact }) => `brings ${remote} as build ${artifact}`),
          ...(node.phases.length > 0 ? [`phases ${node.phases.map(({ title }) => title).join(' | ')}`] : []),
          ...(node.undo === null ? [] : ['can be undone']),
          ...(node.withinMs > 0 ? [`within ${seconds(node.withinMs)}`] : []),
          ...(node.note === null ? [] : [`note ${node.note}`]),
        ]),
      ];
    case 'verify':
      return [
        `verify ${node.title}`,
        ...indented([...wanted(node.want), ...(node.withinMs > 0 ? [`within ${seconds(node.withinMs)}`] : [])]),
      ];
    case 'group':
      return inner(`group ${node.title}`, node.nodes);
    case 'around':
      return inner(node.title, node.nodes);
    case 'unchanged':
      return inner(`unchanged: ${node.title}`, node.nodes);
    case 'transaction':
      return inner(
        `transaction ${node.title}, confirmed within ${seconds(node.confirmMs)}, over within ${seconds(node.deadlineMs)}`,
        node.nodes,
      );
    case 'on':
      return inner(node.title, node.nodes);
    case 'watched':
      return inner(`traffic watched: ${node.title}`, node.nodes);
  }
};

const refusal = (error: unknown): readonly string[] => {
  if (error instanceof FleetError) return [`refused: ${error.message}`, `  ${error.remedy}`];
  throw error;
};

const forHost = (play: ResolvedPlay, view: HostView): readonly string[] => {
  try {
    if (play.hosts.kind === 'builders') {
      return play.hosts
        .needed(view)
        .flatMap(({ id, platform, node }) => [`needs build ${id}, made on ${platform}`, ...outline(node)]);
    }
    return [...play.preflight(view).map(({ title }) => `preflight ${title}`), ...play.nodes(view).flatMap(outline)];
  } catch (error) {
    return refusal(error);
  }
};

const rolloutOf = ({ rollout }: ResolvedPlay): string =>
  `waves ${rollout.waves.length === 0 ? 'none' : rollout.waves.join(' ')}, ${rollout.concurrency} at a time, stops after ${rollout.stopAfterFailures}, pause ${seconds(rollout.pauseMs)}`;

/** A playbook for each kind of host; kinds with the same tree share it. */
export const outlineOf = ({ title, plays }: ResolvedPlaybook): string => {
  const lines = plays.flatMap((play) => {
    const alike = new Map<string, string[]>();
    for (const [kind, view] of hosts) {
      const text = forHost(play, view).join('\n');
      alike.set(text, [...(alike.get(text) ?? []), kind]);
    }
    const { hosts: taken } = play;
    return [
      '',
      `## ${play.title}`,
      `hosts ${taken.kind === 'pattern' ? taken.pattern : `of ${taken.group}, for ${taken.for}`}; ${rolloutOf(play)}`,
      ...[...alike].flatMap(([text, kinds]) => [
        '',
        ...kinds.map((kind) => `- ${kind}`),
        ...indented(text.split('\n')),
      ]),
    ];
  });
  return `${[`# ${title}`, ...lines].join('\n')}\n`;
};
