import type { Problem } from '../model/error.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import type { YamlEntry } from '../yaml/index.ts';
import { CONNECTION_VARIABLES } from './connection.ts';
import { type Draft, UNGROUPED, type Vars } from './draft.ts';
import type { Beside } from './host-vars.ts';
import type { LinkedGroup } from './link.ts';
import { warning } from './refuse.ts';
import type { VarsFiles } from './vars-files.ts';

/** Variables of Ansible that change how a host is reached there, and change nothing here. */
const WITHOUT_EFFECT = ['ansible_ssh_executable'];

const OURS = [
  ...CONNECTION_VARIABLES,
  'ansible_connection',
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ovsfleet_transport',
  'ovsfleet_params',
];

const emptyGroups = (draft: Draft, groups: ReadonlyMap<string, LinkedGroup>): readonly Problem[] =>
  [...groups.values()]
    .filter(({ draft: { name, children }, hosts }) => hosts.length + children.size === 0 && name !== UNGROUPED)
    .map(({ draft: { name, at } }) => {
      const others = [...draft.groups.keys()].filter((other) => other !== name);
      const message = `group ${name} has no hosts.${didYouMean(nearest(name, others))}`;
      return warning(at, 'empty-group', message, `Give it hosts, or remove it:\n${name}:\n  hosts:\n    hv01:`);
    });

const sameNames = (draft: Draft): readonly Problem[] =>
  [...draft.groups.values()]
    .filter(({ name }) => draft.hosts.has(name))
    .map(({ name, at }) =>
      warning(
        at,
        'same-name',
        `${name} is a group and also a host, and patterns mean the host`,
        `Rename group ${name}`,
      ),
    );

const oddVariable = (name: string, entry: YamlEntry): Problem | undefined => {
  if (WITHOUT_EFFECT.includes(name) && !(entry.value.kind === 'scalar' && entry.value.value === 'ssh')) {
    const message = `${name} has no effect here`;
    return warning(entry.key.at, 'no-effect', message, `Remove ${name}, or say what it says in ~/.ssh/config`);
  }
  const ofOurs = name.startsWith('ovsfleet_');
  if (!OURS.includes(name) && (ofOurs || name.startsWith('ansible_'))) {
    const [meant] = nearest(name, OURS, 2);
    const remedy = meant === undefined ? `Remove ${name}` : `Rename it to ${meant}`;
    const message = `nothing reads the variable ${name}`;
    if (ofOurs || meant !== undefined) return warning(entry.key.at, 'unknown-variable', message, remedy);
  }
  return undefined;
};

const strayFiles = (
  kind: 'group' | 'host',
  files: VarsFiles,
  known: ReadonlyMap<string, unknown>,
): readonly Problem[] => [
  ...[...files.paths]
    .filter(([name]) => !known.has(name))
    .map(([name, file]) =>
      warning(
        { file, line: 1, column: 1 },
        'stray-vars-file',
        `there is no ${kind} ${name}: these variables reach no host.${didYouMean(nearest(name, known.keys()))}`,
        `Rename ${file} to the name of a ${kind}, or remove it`,
      ),
    ),
  ...files.shadowed.map(({ path, by }) =>
    warning(
      { file: path, line: 1, column: 1 },
      'shadowed-vars-file',
      `this is not read: ${by} is`,
      `Join it into ${by}`,
    ),
  ),
];

interface Loaded {
  readonly draft: Draft;
  readonly groups: ReadonlyMap<string, LinkedGroup>;
  readonly beside: readonly Beside[];
  readonly vars: ReadonlyMap<string, Vars>;
}

/** One warning for each place, however many hosts get its value. */
const oddVariables = (vars: ReadonlyMap<string, Vars>): readonly Problem[] => {
  const hosts = new Map<YamlEntry, string[]>();
  for (const [host, own] of vars) {
    for (const entry of own.values()) {
      const known = hosts.get(entry);
      if (known === undefined) hosts.set(entry, [host]);
      else known.push(host);
    }
  }
  return [...hosts].flatMap(([entry, names]) => {
    const found = oddVariable(entry.key.text, entry);
    return found === undefined ? [] : [{ ...found, facts: { ...found.facts, hosts: foldHosts(names) } }];
  });
};

/** What is legal in an inventory and most likely a mistake. */
export const suspicions = ({ draft, groups, beside, vars }: Loaded): readonly Problem[] => [
  ...draft.warnings,
  ...sameNames(draft),
  ...emptyGroups(draft, groups),
  ...beside.flatMap((files) => [
    ...strayFiles('group', files.groups, draft.groups),
    ...strayFiles('host', files.hosts, draft.hosts),
  ]),
  ...oddVariables(vars),
];
