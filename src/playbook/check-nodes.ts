import { FleetError } from '../model/error.ts';
import type { Node, Step } from './node.ts';

type Where = 'outside' | 'in a transaction';

const refuse = (code: string, message: string, remedy: string): never => {
  throw new FleetError({ code: `playbook.${code}`, message, remedy });
};

const noTransfer = ({ title }: Node): never =>
  refuse(
    'transfer-in-transaction',
    `Step "${title}" moves files inside a transaction, which the host runs alone.`,
    'Move the files in a step before or after the transaction.',
  );

const checkStepInTransaction = (node: Step): void => {
  if (node.undo === null) {
    refuse(
      'no-undo',
      `Step "${node.title}" stands in a transaction but says no undo.`,
      'Give it an undo, or move it out of the transaction.',
    );
  }
  if (node.ways.length > 1) {
    refuse(
      'ways-in-transaction',
      `Step "${node.title}" has several ways inside a transaction, where only one could be undone.`,
      'Give it one way, or move it out of the transaction.',
    );
  }
  if (node.rebootMs !== null) {
    refuse(
      'reboot-in-transaction',
      `Step "${node.title}" reboots the host inside a transaction, which would undo itself at that.`,
      'Move it out of the transaction.',
    );
  }
  if (node.sends.length + node.brings.length > 0) noTransfer(node);
};

const holdsSecret = (part: unknown): boolean =>
  Array.isArray(part)
    ? part.some(holdsSecret)
    : typeof part === 'object' &&
      part !== null &&
      ('secrets' in part || Object.entries(part).some(([name, value]) => name !== 'nodes' && holdsSecret(value)));

const refuseSecret = ({ title }: Node): never =>
  refuse(
    'secret-in-transaction',
    `"${title}" uses a secret inside a transaction, whose program the host keeps in a file.`,
    'Use it in a step before or after the transaction.',
  );

/** Checks the rules that a tree must keep, and gives it back. */
export const checkNodes = (nodes: readonly Node[], play: string): readonly Node[] => {
  const seen = new Set<string>();

  const title = (node: Node): void => {
    if (seen.has(node.title)) {
      refuse(
        'duplicate-title',
        `Play "${play}": two steps are called "${node.title}".`,
        'Give each a title of its own: addresses are made of titles.',
      );
    }
    seen.add(node.title);
  };

  const walk = (list: readonly Node[], where: Where): void => {
    for (const node of list) {
      title(node);
      if (where === 'in a transaction' && holdsSecret(node)) refuseSecret(node);
      switch (node.kind) {
        case 'step':
          if (where === 'in a transaction') checkStepInTransaction(node);
          break;
        case 'verify':
          if (where !== 'outside' && node.fetches.length > 0) noTransfer(node);
          break;
        case 'group':
          walk(node.nodes, where);
          break;
        case 'around':
        case 'unchanged':
          if (where === 'outside') {
            refuse(
              'outside-transaction',
              `Play "${play}": "${node.title}" stands outside a transaction, where nobody could settle it after a crash.`,
              'Put it inside transaction(…).',
            );
          }
          walk(node.nodes, where);
          break;
        case 'watched':
          if (where !== 'outside')
            refuse(
              'watched-inside',
              `Play "${play}": "${node.title}" needs another host, which a transaction cannot have.`,
              'Put trafficWatched around the transaction.',
            );
          walk(node.nodes, where);
          break;
        case 'on':
          if (where !== 'outside')
            refuse(
              'on-inside',
              `Play "${play}": "${node.title}" needs another host, which a transaction cannot have.`,
              'Put it after the transaction.',
            );
          for (const check of node.nodes) if (check.fetches.length > 0) noTransfer(check);
          walk(node.nodes, where);
          break;
        case 'transaction':
          if (where !== 'outside')
            refuse(
              'nested-transaction',
              `Play "${play}": transaction "${node.title}" stands inside another.`,
              'Make them one.',
            );
          walk(node.nodes, 'in a transaction');
          break;
      }
    }
  };
  walk(nodes, 'outside');
  return nodes;
};
