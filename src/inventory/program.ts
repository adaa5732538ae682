import { resolve } from 'node:path';
import { FleetError } from '../model/error.ts';
import { parseInventoryYaml, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/index.ts';
import { addChild, type Draft, type DraftGroup, groupIn, hostIn, setGroupVar, setHostVar } from './draft.ts';
import type { TextFile } from './files.ts';
import { readGroupName, readPlainHostName } from './names.ts';
import { attempt, attemptLater } from './problems.ts';
import { refuse } from './refuse.ts';

/** How a program on this machine ended. */
export interface ProgramAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an inventory program; rejects when it cannot be started or does not end. */
export type RunProgram = (path: string, args: readonly string[]) => Promise<ProgramAnswer>;

/** Programs asked with --host at once. */
const AT_ONCE = 8;

const SECTIONS = ['hosts', 'vars', 'children'];

const childOf = (map: YamlMap, name: string): YamlNode | undefined =>
  map.entries.find(({ key }) => key.text === name)?.value;

/** Ansible writes these around texts that are no templates. */
const UNSAFE = '__ansible_unsafe';

const plain = (node: YamlNode): YamlNode => {
  if (node.kind === 'list') return { ...node, items: node.items.map(plain) };
  if (node.kind !== 'map') return node;
  const [only, ...others] = node.entries;
  if (only?.key.text === UNSAFE && others.length === 0 && only.value.kind === 'scalar') {
    return { ...only.value, unsafe: true };
  }
  return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: plain(value) })) };
};

const ask = async (file: TextFile, run: RunProgram, args: readonly string[]): Promise<YamlMap | undefined> => {
  const command = `${file.path} ${args.join(' ')}`;
  const fail = (reason: string, cause?: unknown): never => {
    throw new FleetError(
      {
        code: 'inventory.program',
        message: `the inventory program ${command} ${reason}`,
        remedy: `Try it by hand: ${command}`,
        facts: { file: file.path },
      },
      cause,
    );
  };
  if (!file.executable) fail('is not executable: chmod +x it');
  const answer = await run(resolve(file.path), args).catch((error: unknown) =>
    fail(`could not be run: ${error instanceof Error ? error.message : String(error)}`, error),
  );
  if (answer.code !== 0) {
    const said = answer.stderr.trim().split('\n').slice(-5).join(' | ');
    fail(`ended with ${answer.code === null ? 'a signal' : `status ${answer.code}`}${said === '' ? '' : `: ${said}`}`);
  }
  if (answer.stdout.trim() === '') return undefined;
  try {
    JSON.parse(answer.stdout);
  } catch (error) {
    fail(`printed no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const { root } = parseInventoryYaml(answer.stdout, `output of ${command}`);
  if (root?.kind === 'map') return root;
  return fail('printed no JSON object');
};

const varsOf = (node: YamlNode | undefined, what: string): readonly YamlEntry[] => {
  if (node === undefined) return [];
  if (node.kind === 'map') return node.entries.map(({ key, value }) => ({ key, value: plain(value) }));
  return refuse(node.at, 'bad-vars', `the variables of ${what} must be an object`, '{"ansible_host": "192.0.2.10"}');
};

/** The draft, and the names of all hosts that the program printed. */
interface Printed {
  readonly draft: Draft;
  readonly names: Set<string>;
}

const addNamedHosts = ({ draft, names }: Printed, group: DraftGroup, node: YamlNode): void => {
  if (node.kind !== 'list') {
    refuse(node.at, 'bad-section', `the hosts of group ${group.name} must be a list of names`, '"hosts": ["hv01"]');
    return;
  }
  for (const item of node.items) {
    attempt(draft.problems, () => {
      const name = readPlainHostName(item);
      hostIn(draft, name, item.at);
      group.hosts.add(name);
      names.add(name);
    });
  }
};

const addNamedGroups = (draft: Draft, group: DraftGroup, node: YamlNode): void => {
  const items = node.kind === 'list' ? node.items : node.kind === 'map' ? node.entries.map(({ key }) => key) : [];
  for (const item of items) {
    attempt(draft.problems, () => {
      if (item.kind !== 'scalar') return refuse(item.at, 'bad-group-name', 'the name of a group is a text', '"racks"');
      const name = readGroupName(item);
      return addChild(group, groupIn(draft, name, item.at), item.at);
    });
  }
};

const readGroup = (printed: Printed, key: YamlScalar, data: YamlNode): void => {
  const { draft } = printed;
  const group = groupIn(draft, readGroupName(key), key.at);
  if (data.kind !== 'map') {
    addNamedHosts(printed, group, data);
    return;
  }
  // As in Ansible, variables alone are those of a group with one host, both of that name.
  const named = data.entries.some((entry) => SECTIONS.includes(entry.key.text));
  if (!named) addNamedHosts(printed, group, { kind: 'list', items: [key], at: key.at });
  const hosts = childOf(data, 'hosts');
  if (hosts !== undefined) addNamedHosts(printed, group, hosts);
  const vars = named ? varsOf(childOf(data, 'vars'), `group ${group.name}`) : varsOf(data, `group ${group.name}`);
  for (const entry of vars) attempt(draft.problems, () => setGroupVar(group, entry));
  const children = childOf(data, 'children');
  if (children !== undefined) addNamedGroups(draft, group, children);
};

const addHostVars = (draft: Draft, name: string, entries: readonly YamlEntry[]): void => {
  const host = draft.hosts.get(name);
  if (host === undefined) return;
  for (const entry of entries) attempt(draft.problems, () => setHostVar(draft, host, entry));
};

const askForEach = async ({ draft, names }: Printed, file: TextFile, run: RunProgram): Promise<void> => {
  const left = [...names];
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const host = name;
      await attemptLater(draft.problems, async () => {
        addHostVars(draft, host, varsOf(await ask(file, run, ['--host', host]), `host ${host}`));
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.size) }, work));
};

/**
 * Runs an inventory program with `--list` and adds what it prints
 * (https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-script-conventions): groups as
 * lists of hosts or objects of `hosts`, `vars` and `children`, and the variables of hosts below `_meta.hostvars`. Without
 * `_meta` it is run once more for each host, with `--host NAME`.
 */
export const readProgram = async (draft: Draft, file: TextFile, run: RunProgram): Promise<void> => {
  const root = await ask(file, run, ['--list']);
  const printed: Printed = { draft, names: new Set() };
  for (const { key, value } of root?.entries ?? []) {
    if (key.text !== '_meta') attempt(draft.problems, () => readGroup(printed, key, value));
  }
  const meta = root === undefined ? undefined : childOf(root, '_meta');
  const hostvars = meta?.kind === 'map' ? childOf(meta, 'hostvars') : undefined;
  if (hostvars === undefined) return askForEach(printed, file, run);
  const byHost = new Map(varsOf(hostvars, '_meta.hostvars').map(({ key, value }) => [key.text, value]));
  for (const name of printed.names) {
    attempt(draft.problems, () => addHostVars(draft, name, varsOf(byHost.get(name), `host ${name}`)));
  }
};
