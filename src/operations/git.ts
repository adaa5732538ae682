import { type Step, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { refuse } from './refuse.ts';
import { withTransfer } from './transfer.ts';

/** What is checked out. A branch moves: the host asks its origin each time it is read. */
export type GitRef =
  | { readonly commit: string; readonly tag?: never; readonly branch?: never }
  | { readonly tag: string; readonly commit?: never; readonly branch?: never }
  | { readonly branch: string; readonly commit?: never; readonly tag?: never };

export type GitOptions = GitRef & Named & { readonly from: string };

const refOf = ({ commit, tag, branch }: GitRef, title: string): readonly [string, string] => {
  if (tag !== undefined) return ['tag', tag];
  if (branch !== undefined) return ['branch', branch];
  if (/^[0-9a-f]{40}$/.test(commit)) return ['commit', commit];
  throw refuse('commit', `${title}: "${commit}" is no whole commit id.`, 'Write all 40 digits: git rev-parse HEAD');
};

/** A directory of the host is a checkout. It is asked without a terminal, and what was changed there is never thrown away. */
export const git = (path: string, options: GitOptions): Step => {
  const { from, title = `checkout ${path}` } = options;
  const [kind, name] = refOf(options, title);
  return step(title, {
    read: withTransfer(sh`op_checkout ${absolute(path, title)} ${from} ${kind} ${name}`),
    want: { origin: from, checkout: `${kind} ${name}`, files: 'as committed' },
    make: withTransfer(sh`op_check_out ${path} ${from} ${kind} ${name}`),
  });
};
