import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Named } from './attributes.ts';
import { refuse } from './refuse.ts';

type Groups =
  /** All the groups that it is in beside its own. */
  | { readonly groups?: readonly string[]; readonly inGroups?: never }
  /** Groups that it is in, whatever others there are. */
  | { readonly inGroups?: readonly string[]; readonly groups?: never };

export type UserOptions = Named &
  Groups & {
    readonly uid?: number;
    /** Its own group, which must be there. */
    readonly group?: string;
    readonly home?: string;
    readonly shell?: string;
    readonly comment?: string;
    /** How it is made: `system` has a low number and no home. It is not looked at later. */
    readonly kind?: 'person' | 'system';
  };

export interface GroupOptions extends Named {
  readonly gid?: number;
  /** How it is made. It is not looked at later. */
  readonly kind?: 'person' | 'system';
}

const withAccounts = (script: Script): Script => using(['op-account'], script);

const checked = (name: string, title: string): string => {
  if (/^[a-z_][\w.-]*\$?$/i.test(name)) return name;
  throw refuse('account', `${title}: "${name}" is no name of a user or group.`, 'Use letters, digits, dots, dashes.');
};

const known = <T>(values: Readonly<Record<string, T | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );

/** There is a user with these properties; what is not said is left to the host. No password is set: logins go by keys. */
export const user = (name: string, options: UserOptions = {}): Step => {
  const { uid, group, home, shell, comment, kind, groups, inGroups = [], title = `user ${name}` } = options;
  checked(name, title);
  const sorted = groups?.toSorted().join(',');
  const want = known({
    is: 'present',
    uid,
    group,
    home,
    shell,
    comment,
    groups: sorted,
    in: inGroups.length === 0 ? undefined : inGroups.join(','),
  });
  const keys = Object.keys(want).slice(1).join(' ');
  const system = kind === 'system' ? 'system' : '';
  const words = [system, String(uid ?? ''), group ?? '', home ?? '', shell ?? '', comment ?? ''];
  return step(title, {
    read: withAccounts(sh`op_user ${name} ${keys} ${inGroups}`),
    want,
    make: withAccounts(
      sh`op_make_user ${name} ${words} ${groups === undefined ? '' : 'groups'} ${sorted ?? ''} ${inGroups.join(',')}`,
    ),
  });
};

/** There is no such user; its home stays. */
export const noUser = (name: string, { title = `no user ${name}` }: Named = {}): Step =>
  step(title, {
    read: withAccounts(sh`op_user ${checked(name, title)} ''`),
    want: { is: 'absent' },
    make: withAccounts(sh`userdel ${name}`),
  });

/** There is a group, with this number if one is said. */
export const userGroup = (name: string, { gid, kind, title = `group ${name}` }: GroupOptions = {}): Step => {
  checked(name, title);
  const read = sh`op_group ${name}`;
  return step(title, {
    read: withAccounts(gid === undefined ? sh`${read} | sed 1q` : read),
    want: known({ is: 'present', gid }),
    make: withAccounts(sh`op_make_group ${name} ${kind === 'system' ? 'system' : ''} ${String(gid ?? '')}`),
  });
};

/** There is no such group. */
export const noUserGroup = (name: string, { title = `no group ${name}` }: Named = {}): Step =>
  step(title, {
    read: withAccounts(sh`op_group ${checked(name, title)} | sed 1q`),
    want: { is: 'absent' },
    make: withAccounts(sh`groupdel ${name}`),
  });
