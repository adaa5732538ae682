import { didYouMean, nearest } from '../model/nearest.ts';
import type { Position, YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';
import { addHosts } from './add-hosts.ts';
import { addChild, type Draft, type DraftGroup, groupIn, setGroupVar } from './draft.ts';
import { readGroupName } from './names.ts';
import { attempt } from './problems.ts';
import { refuse, warning } from './refuse.ts';

const SECTIONS = ['hosts', 'vars', 'children'] as const;
type Section = (typeof SECTIONS)[number];

const EXAMPLE: Readonly<Record<Section, string>> = {
  hosts: 'hosts:\n  hv01:\n  hv02:',
  vars: 'vars:\n  ansible_user: root',
  children: 'children:\n  hypervisors:',
};

const isSection = (key: string): key is Section => SECTIONS.some((section) => section === key);

const isNothing = (node: YamlNode): boolean => node.kind === 'scalar' && node.value === null;

const nothingAt = (at: Position): YamlNode => ({ kind: 'scalar', value: null, text: '', at });

/** The entries of a section: a mapping, nothing, or a single name (a shorthand of Ansible). */
const entriesOf = (section: Section, group: string, node: YamlNode): readonly YamlEntry[] => {
  if (node.kind === 'map') return node.entries;
  if (isNothing(node)) return [];
  if (node.kind === 'scalar' && typeof node.value === 'string') return [{ key: node, value: nothingAt(node.at) }];
  return refuse(
    node.at,
    'bad-section',
    `the ${section} of group ${group} must be a mapping, and this is a ${node.kind === 'scalar' ? typeof node.value : node.kind}`,
    `Write each name as a key, with a colon:\n${EXAMPLE[section]}`,
  );
};

const readHosts = (draft: Draft, group: DraftGroup, entry: YamlEntry): void => {
  if (entry.value.kind !== 'map' && !isNothing(entry.value)) {
    refuse(
      entry.value.at,
      'bad-host-vars',
      `what stands below host ${entry.key.text} must be its variables`,
      `${entry.key.text}:\n  ansible_host: 192.0.2.10`,
    );
  }
  addHosts(draft, group, entry.key, entry.value.kind === 'map' ? entry.value.entries : []);
};

const warnOfKey = (draft: Draft, group: string, entry: YamlEntry): void => {
  draft.warnings.push(
    warning(
      entry.key.at,
      'unknown-key',
      `"${entry.key.text}" in group ${group} is ignored: a group has hosts, vars and children.${didYouMean(nearest(entry.key.text, SECTIONS))}`,
      `Move it below "hosts:", "vars:" or "children:" of group ${group}`,
    ),
  );
};

const readGroup = (draft: Draft, entry: YamlEntry): DraftGroup => {
  const name = readGroupName(entry.key);
  const group = groupIn(draft, name, entry.key.at);
  if (isNothing(entry.value)) return group;
  if (entry.value.kind !== 'map') {
    return refuse(
      entry.value.at,
      'bad-group',
      `group ${name} must have hosts, vars or children below it, and this is a ${entry.value.kind === 'list' ? 'list' : 'single value'}`,
      `${name}:\n  hosts:\n    hv01:`,
    );
  }
  for (const part of entry.value.entries) {
    const section = part.key.text;
    if (!isSection(section)) {
      warnOfKey(draft, name, part);
      continue;
    }
    const items = attempt(draft.problems, () => entriesOf(section, name, part.value)) ?? [];
    for (const item of items) attempt(draft.problems, () => readItem(draft, group, section, item));
  }
  return group;
};

const readItem = (draft: Draft, group: DraftGroup, section: Section, item: YamlEntry): void => {
  switch (section) {
    case 'hosts':
      readHosts(draft, group, item);
      return;
    case 'vars':
      setGroupVar(group, item);
      return;
    case 'children': {
      addChild(group, readGroup(draft, item), item.key.at);
    }
  }
};

const readTopGroup = (draft: Draft, entry: YamlEntry): void => {
  if (isSection(entry.key.text)) {
    refuse(
      entry.key.at,
      'reserved-group',
      `the top level names groups, and "${entry.key.text}" is a part of one`,
      `Indent it below a group:\nall:\n  ${entry.key.text}:`,
    );
  }
  readGroup(draft, entry);
};

/** Adds the groups of one YAML file to the draft; a group may appear in many places, and is merged. */
export const readGroups = (draft: Draft, root: YamlMap): void => {
  const plugin = root.entries.find(({ key }) => key.text === 'plugin');
  if (plugin !== undefined) {
    refuse(
      plugin.key.at,
      'plugin',
      'this configures an inventory plugin of Ansible, which is not supported',
      'ansible-inventory -i THIS_FILE --list --yaml --output inventory.yaml',
    );
  }
  for (const entry of root.entries) attempt(draft.problems, () => readTopGroup(draft, entry));
};
