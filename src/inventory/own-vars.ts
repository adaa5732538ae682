import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Position, YamlNode } from '../yaml/index.ts';
import { ALL, type DraftHost } from './draft.ts';
import type { LinkedGroup } from './link.ts';

const NOWHERE: Position = { file: '', line: 1, column: 1 };

const text = (value: string | null): YamlNode => ({ kind: 'scalar', value, text: value ?? '', at: NOWHERE });

const list = (values: readonly string[]): YamlNode => ({ kind: 'list', items: values.map(text), at: NOWHERE });

const scalarKey = (name: string) => ({ kind: 'scalar' as const, value: name, text: name, at: NOWHERE });

/** `groups`: the names of the hosts of each group. */
export const groupsVar = (groups: ReadonlyMap<string, LinkedGroup>): YamlNode => ({
  kind: 'map',
  entries: [...groups].map(([name, { hosts }]) => ({ key: scalarKey(name), value: list(hosts) })),
  at: NOWHERE,
});

/**
 * The variables that Ansible itself gives every host, as far as templates in inventories can know them
 * (https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html).
 */
export const ownVarsOf = (
  host: DraftHost,
  groups: readonly LinkedGroup[],
  all: YamlNode,
  isFile: (path: string) => boolean,
): ReadonlyMap<string, YamlNode> => {
  const file = isFile(host.at.file) ? resolve(host.at.file) : null;
  const names = groups.map(({ draft }) => draft.name).filter((name) => name !== ALL);
  return new Map([
    ['inventory_hostname', text(host.name)],
    ['inventory_hostname_short', text(isIP(host.name) === 0 ? (host.name.split('.')[0] ?? '') : host.name)],
    ['inventory_file', text(file)],
    ['inventory_dir', text(file === null ? null : dirname(file))],
    ['group_names', list(names.toSorted((a, b) => (a < b ? -1 : 1)))],
    ['groups', all],
  ]);
};
