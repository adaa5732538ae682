import { isIP } from 'node:net';
import { dirname } from 'node:path';
import type { YamlNode } from '../yaml/index.ts';
import { ALL } from './draft.ts';
import type { LinkedGroup } from './link.ts';
import { listOf, mapOf, scalarOf } from './nodes.ts';

/** `groups`: the names of the hosts of each group. */
export const groupsVar = (groups: ReadonlyMap<string, LinkedGroup>): YamlNode =>
  mapOf([...groups].map(([name, { hosts }]) => [name, listOf(hosts)] as const));

/**
 * The variables that Ansible itself gives every host, as far as templates in inventories can know them
 * (https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html). `file` is where the host is
 * named first, `null` for one of a list.
 */
export const ownVarsOf = (
  host: string,
  groups: readonly LinkedGroup[],
  all: YamlNode,
  file: string | null,
): ReadonlyMap<string, YamlNode> => {
  const names = groups.map(({ draft }) => draft.name).filter((name) => name !== ALL);
  return new Map([
    ['inventory_hostname', scalarOf(host)],
    ['inventory_hostname_short', scalarOf(isIP(host) === 0 ? (host.split('.')[0] ?? '') : host)],
    ['inventory_file', scalarOf(file)],
    ['inventory_dir', scalarOf(file === null ? null : dirname(file))],
    ['group_names', listOf(names.toSorted((a, b) => (a < b ? -1 : 1)))],
    ['groups', all],
  ]);
};
