import { FleetError } from '../../model/error.ts';
import { didYouMean, nearest } from '../../model/nearest.ts';
import type { YamlMap, YamlNode } from '../../yaml/index.ts';
import { writeYaml } from '../../yaml/index.ts';
import { ALL, type Vars } from '../draft.ts';
import type { Group, Inventory } from '../inventory.ts';
import { listOf, mapOf, scalarOf } from '../nodes.ts';
import { pythonText } from '../python/text.ts';
import { jsonText, type Secrets } from './json-text.ts';

/** Names that Ansible sets itself, and does not print. */
const INTERNAL = new Set([
  'ansible_diff_mode',
  'ansible_config_file',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_playbook_python',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'groups',
  'group_names',
  'omit',
  'playbook_dir',
]);

const shown = (vars: Vars | undefined): readonly (readonly [string, YamlNode])[] =>
  [...(vars ?? [])].flatMap(([name, { value }]) => (INTERNAL.has(name) ? [] : [[name, value] as const]));

const childrenOf = (inventory: Inventory, group: Group): readonly Group[] =>
  group.children.flatMap((name) => inventory.groups.get(name) ?? []);

/** `hosts` and `children`, whichever there are. */
const members = (group: Group): readonly (readonly [string, YamlNode])[] => [
  ...(group.name === ALL || group.own.length === 0 ? [] : [['hosts', listOf(group.own)] as const]),
  ...(group.children.length === 0 ? [] : [['children', listOf(group.children)] as const]),
];

const groupFor = (inventory: Inventory, name: string): Group => {
  const group = inventory.groups.get(name);
  if (group !== undefined) return group;
  const meant = nearest(name, inventory.groups.keys());
  throw new FleetError({
    code: 'inventory.unknown-group',
    message: `there is no group ${name}.${didYouMean(meant)}`,
    remedy: `Choose from ${[...inventory.groups.keys()].join(', ')}`,
    facts: { group: name },
  });
};

/** What `ansible-inventory --list` prints. */
export const listText = (inventory: Inventory, secrets: Secrets): string => {
  const groups = [...inventory.groups.values()]
    .map((group) => [group.name, members(group)] as const)
    .filter(([, parts]) => parts.length > 0)
    .map(([name, parts]) => [name, mapOf(parts)] as const);
  const hostvars = [...inventory.writtenOf]
    .map(([name, vars]) => [name, shown(vars)] as const)
    .filter(([, vars]) => vars.length > 0)
    .map(([name, vars]) => [name, mapOf(vars)] as const);
  return jsonText(mapOf([...groups, ['_meta', mapOf([['hostvars', mapOf(hostvars)]])]]), secrets);
};

/** The variables of one host as written, as `ansible-inventory --host` prints them. */
export const hostText = (inventory: Inventory, name: string, secrets: Secrets): string =>
  jsonText(mapOf(shown(varsFor(inventory, name))), secrets);

const varsFor = (inventory: Inventory, name: string): Vars => {
  const vars = inventory.writtenOf.get(name);
  if (vars !== undefined) return vars;
  const meant = nearest(name, inventory.hosts.keys());
  throw new FleetError({
    code: 'inventory.unknown-host',
    message: `there is no host ${name}.${didYouMean(meant)}`,
    remedy: meant[0] === undefined ? 'ovsfleet inventory --graph' : `ovsfleet inventory --host ${meant[0]}`,
    facts: { host: name },
  });
};

/** The variables of one host as playbooks see them, each with the place where it is written. */
export const hostVarsText = (inventory: Inventory, name: string): string => {
  const vars = varsFor(inventory, name);
  const values = inventory.hosts.get(name)?.vars ?? {};
  const lines = [...vars].map(([variable, { value }]) => {
    const { file, line, column } = value.at;
    return [`${variable}: ${JSON.stringify(values[variable])}`, `${file}:${line}:${column}`] as const;
  });
  const width = Math.min(60, Math.max(0, ...lines.map(([text]) => text.length)));
  return lines
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, place]) => `${text.padEnd(width)}  # ${place}`)
    .join('\n');
};

type WithVars = 'vars' | 'names';

/** The tree of a group, as `ansible-inventory --graph` prints it. Secrets stay hidden. */
export const graphText = (inventory: Inventory, name: string, what: WithVars): string => {
  const line = (text: string, depth: number): string => (depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);
  const varLines = (vars: Vars | undefined, depth: number): readonly string[] =>
    what === 'names'
      ? []
      : shown(vars)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([variable, value]) => line(`{${variable} = ${pythonText(value)}}`, depth));
  const ofGroup = (group: Group): Vars => {
    const vars = inventory.writtenOfGroup.get(group.name) ?? new Map<string, never>();
    if (group.priority === 1) return vars;
    const priority = { key: scalarOf('ansible_group_priority'), value: scalarOf(group.priority) };
    return new Map([...vars, ['ansible_group_priority', priority]]);
  };
  const tree = (group: Group, depth: number): readonly string[] => [
    line(`@${group.name}:`, depth),
    ...childrenOf(inventory, group).flatMap((child) => tree(child, depth + 1)),
    ...(group.name === ALL ? [] : group.own).flatMap((host) => [
      line(host, depth + 1),
      ...varLines(inventory.writtenOf.get(host), depth + 2),
    ]),
    ...varLines(ofGroup(group), depth + 1),
  ];
  return tree(groupFor(inventory, name), 0).join('\n');
};

/** The inventory as one YAML file, as `ansible-inventory --list --yaml` prints it: variables stand where a host is first named. */
export const yamlText = (inventory: Inventory, secrets: Secrets): string => {
  const seen = new Set<string>();
  const varsOnce = (host: string): YamlMap => {
    const vars = seen.has(host) ? [] : shown(inventory.writtenOf.get(host));
    seen.add(host);
    return mapOf(vars);
  };
  const tree = (group: Group): YamlMap => {
    const children = childrenOf(inventory, group).map((child) => [child.name, tree(child)] as const);
    const hosts = (group.name === ALL ? [] : group.own).map((host) => [host, varsOnce(host)] as const);
    return mapOf([
      ...(children.length === 0 ? [] : [['children', mapOf(children)] as const]),
      ...(hosts.length === 0 ? [] : [['hosts', mapOf(hosts)] as const]),
    ]);
  };
  return writeYaml(mapOf([[ALL, tree(groupFor(inventory, ALL))]]), secrets);
};
