import type { YamlEntry, YamlScalar } from '../yaml/index.ts';
import { type Draft, type DraftGroup, hostIn, setHostVar } from './draft.ts';
import { readHostKey } from './names.ts';
import { attempt } from './problems.ts';

const portEntry = (key: YamlScalar, port: number): YamlEntry => ({
  key: { ...key, value: 'ansible_port', text: 'ansible_port' },
  value: { kind: 'scalar', value: port, text: String(port), at: key.at },
});

/** Adds the hosts that a key stands for to a group, with their variables; known hosts get the variables on top. */
export const addHosts = (draft: Draft, group: DraftGroup, key: YamlScalar, vars: readonly YamlEntry[]): void => {
  const { names, port } = readHostKey(key);
  for (const name of names) {
    const known = draft.hosts.has(name);
    const host = hostIn(draft, name, key.at);
    group.hosts.add(name);
    // As in Ansible, `name:port` counts where a host is named first.
    if (port !== undefined && !known) host.vars.set('ansible_port', portEntry(key, port));
    for (const variable of vars) attempt(draft.problems, () => setHostVar(draft, host, variable));
  }
};
