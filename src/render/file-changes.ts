import type { Stamped } from '../model/event.ts';
import type { FileDiff, PlannedNode } from '../model/plan.ts';
import type { Look } from './look.ts';
import { diffLines } from './plan-tree.ts';
import { type RunState, titleOf } from './state.ts';

const diffsIn = (nodes: readonly PlannedNode[], wanted: (title: string) => boolean): readonly FileDiff[] =>
  nodes.flatMap((node) =>
    node.kind !== 'step' ? diffsIn(node.children, wanted) : wanted(node.title) ? (node.diffs ?? []) : [],
  );

const named = (nodes: readonly PlannedNode[], title: string): readonly PlannedNode[] =>
  nodes.flatMap((node) =>
    node.kind === 'step' ? [] : [...(node.title === title ? [node] : []), ...named(node.children, title)],
  );

/**
 * What has just been changed in files, by the plan that was made of them; there is none unless `--diff` asked for it. A
 * transaction tells of its phases and not of its steps: theirs is told when it is done.
 */
const changedFiles = (event: Stamped, state: RunState): readonly FileDiff[] => {
  if (event.type !== 'step.finished' && event.type !== 'transaction.state') return [];
  const nodes = state.plans[event.play]?.findLast(({ host }) => host === event.host)?.nodes ?? [];
  if (event.type === 'step.finished')
    return event.outcome === 'changed' ? diffsIn(nodes, (title) => title === event.step) : [];
  return event.state === 'done' ? diffsIn(named(nodes, titleOf(state, event)), () => true) : [];
};

/**
 * The same as lines. What changed alike on another host before is not shown again.
 * @param told keeps what was shown, and on which host
 */
export const changedFileLines = (
  event: Stamped,
  state: RunState,
  told: Map<string, string>,
  look: Look,
): readonly string[] =>
  changedFiles(event, state).flatMap((diff) => {
    const host = 'host' in event && event.host !== null ? event.host : '';
    const key = `diff\n${JSON.stringify(diff)}`;
    const first = told.get(key) ?? host;
    told.set(key, first);
    return first === host
      ? diffLines(diff, 0, { look })
      : [look.paint('quiet', `    ${diff.file} changed as on ${first}`)];
  });
