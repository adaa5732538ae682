import type { Node, Transaction } from '../playbook/index.ts';
import { sh, type TransactionText } from '../shell/index.ts';

type Draft = {
  readonly holds: TransactionText['holds'][number][];
  readonly promises: TransactionText['promises'][number][];
  readonly steps: TransactionText['steps'][number][];
};

const collect = (nodes: readonly Node[], draft: Draft): void => {
  for (const node of nodes) {
    switch (node.kind) {
      case 'step':
        draft.steps.push({
          title: node.title,
          read: node.read,
          want: node.want,
          withinSeconds: Math.ceil(node.withinMs / 1000),
          phases:
            node.phases.length > 0
              ? node.phases
              : // A way is tried by a batch; the host's own program takes the first.
                node.ways.slice(0, 1).map((way) => ({ title: node.title, run: way.make })),
          undo: node.undo ?? sh`:`,
        });
        break;
      case 'verify':
        draft.steps.push({
          title: node.title,
          read: node.read,
          want: node.want,
          withinSeconds: Math.ceil(node.withinMs / 1000),
          phases: [],
          undo: sh`:`,
        });
        break;
      case 'around':
        draft.holds.push({ title: node.title, before: node.before, after: node.after });
        collect(node.nodes, draft);
        break;
      case 'unchanged':
        draft.promises.push({
          title: node.title,
          read: node.read,
          readAfterReboot: node.readAfterReboot,
          save: node.save,
          end: node.end,
        });
        collect(node.nodes, draft);
        break;
      case 'group':
      // Neither stands inside a transaction: the tree was checked.
      case 'transaction':
      case 'watched':
      case 'on':
        collect(node.nodes, draft);
        break;
    }
  }
};

/** What the host needs to run a transaction alone. */
export const transactionText = (node: Transaction, id: string): TransactionText => {
  const draft: Draft = { holds: [], promises: [], steps: [] };
  collect(node.nodes, draft);
  return {
    id,
    title: node.title,
    confirmSeconds: Math.ceil(node.confirmMs / 1000),
    deadlineSeconds: Math.ceil(node.deadlineMs / 1000),
    ...draft,
  };
};
