import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { type Inventory, loadInventory, ovsfleetParams, select } from '../../../src/inventory/index.ts';
import { directoryWith, refusal } from './files.ts';

const OPTIONS = { defaultUser: 'me', home: '/home/me', run: runInventoryProgram };

const load = (yaml: string, beside: Record<string, string> = {}): Promise<Inventory> => {
  const directory = directoryWith({ 'inv.yaml': yaml, ...beside });
  return loadInventory([join(directory, 'inv.yaml')], OPTIONS);
};

const hostOf = async (yaml: string, beside?: Record<string, string>) => (await load(yaml, beside)).hosts.get('h');

describe('an inventory that cannot be meant is refused at its place', () => {
  test.each([
    ['nothing but comments', '# soon\n', 'inventory.empty', '1:1'],
    ['an empty mapping', '{}\n', 'inventory.empty', '1:1'],
    ['a list of hosts', '- hv01\n- hv02\n', 'inventory.bad-shape', '1:1'],
    ['a group that is a list', 'hv:\n  - hv01\n', 'inventory.bad-group', '2:3'],
    ['a group that is a text', 'hv: hv01\n', 'inventory.bad-group', '1:5'],
    ['hosts that are a list', 'hv:\n  hosts: [hv01]\n', 'inventory.bad-section', '2:10'],
    ['hosts at the top level', 'hosts:\n  hv01:\n', 'inventory.reserved-group', '1:1'],
    ['a host whose variables are a text', 'hv:\n  hosts:\n    hv01: 192.0.2.1\n', 'inventory.bad-host-vars', '3:11'],
    ['a host named by a number', 'hv:\n  hosts:\n    12:\n', 'inventory.bad-host-name', '3:5'],
    ['a host named by a boolean', 'hv:\n  hosts:\n    on:\n', 'inventory.bad-host-name', '3:5'],
    ['a host named like an option', 'hv: {hosts: {-oProxyCommand=x: }}\n', 'inventory.bad-host-name', '1:14'],
    ['a host with a space', 'hv: {hosts: {"hv 01": }}\n', 'inventory.bad-host-name', '1:14'],
    ['a group named by a number', '12: {hosts: {h: }}\n', 'inventory.bad-group-name', '1:1'],
    ['a group that no pattern could name', 'a&b: {hosts: {h: }}\n', 'inventory.bad-group-name', '1:1'],
    ['a range of no hosts', 'hv: {hosts: {"hv[5:1]": }}\n', 'inventory.bad-range', '1:14'],
    ['a range without an end', 'hv: {hosts: {"hv[5:]": }}\n', 'inventory.bad-range', '1:14'],
    ['a range that changes its padding', 'hv: {hosts: {"hv[01:1]": }}\n', 'inventory.bad-range', '1:14'],
    ['a range as other tools write it', 'hv: {hosts: {"hv[01-20]": }}\n', 'inventory.bad-range', '1:14'],
    ['a range with a step of none', 'hv: {hosts: {"hv[1:9:0]": }}\n', 'inventory.bad-range', '1:14'],
    ['a range of millions', 'hv: {hosts: {"hv[1:999][1:999]": }}\n', 'inventory.bad-range', '1:14'],
    ['half a range', 'hv: {hosts: {"hv[1:9": }}\n', 'inventory.bad-range', '1:14'],
    ['a group inside itself', 'a: {children: {a: }}\n', 'inventory.cycle', '1:16'],
    ['a loop of groups', 'a: {children: {b: }}\nb: {children: {c: {children: {a: }}}}\n', 'inventory.cycle', '2:31'],
    ['all inside a group', 'a: {hosts: {h: }, children: {all: }}\n', 'inventory.cycle', '1:30'],
    [
      'a priority that is no number',
      'a: {hosts: {h: }, vars: {ansible_group_priority: high}}\n',
      'inventory.bad-priority',
      '1:50',
    ],
    ['a plugin of Ansible', 'plugin: aws_ec2\nregions: []\n', 'inventory.plugin', '1:1'],
    ['a file without a host', 'hv:\n', 'inventory.no-hosts', undefined],
    ['a key given twice', 'hv: {hosts: {h: }}\nhv: {hosts: {i: }}\n', 'yaml.duplicate-key', '2:1'],
  ])('%s', async (_name, yaml, code, place) => {
    const error = await refusal(() => load(yaml));
    expect([error.code, /inv\.yaml:(\d+:\d+): /.exec(error.message)?.[1]]).toEqual([code, place]);
    expect(error.remedy).not.toBe('');
  });

  test('the way around a loop is told', async () => {
    const error = await refusal(() => load('a: {children: {b: }}\nb: {children: {a: }}\n'));
    expect(error.message).toMatch(/group a is inside itself: a → b → a$/);
    expect(error.remedy).toBe('Remove "a" from the children of b');
  });

  test('no inventory at all', async () => {
    expect((await refusal(() => loadInventory([], OPTIONS))).code).toBe('inventory.no-hosts');
  });

  test('a file that is not there', async () => {
    const error = await refusal(() => loadInventory(['/nowhere/hv01'], OPTIONS));
    expect(error.message).toBe('the inventory /nowhere/hv01 does not exist');
    expect(error.remedy).toContain("-i 'hv01,'");
  });

  test('a directory without an inventory in it', async () => {
    const directory = directoryWith({ 'README.md': 'x', 'group_vars/all.yml': 'a: 1\n' });
    expect((await refusal(() => loadInventory([directory], OPTIONS))).code).toBe('inventory.empty');
  });

  test('variables in a file that is no mapping', async () => {
    const error = await refusal(() => load('hv: {hosts: {h: }}\n', { 'group_vars/hv.yml': '- a\n' }));
    expect([error.code, error.message]).toEqual(['inventory.bad-vars-file', expect.stringContaining('hv.yml:1:1: ')]);
  });
});

describe('a file that cannot be an inventory here is refused by name', () => {
  test.each([
    ['hosts.toml', '[hypervisors]\n', 'inventory.toml'],
    ['hosts.py', '#!/usr/bin/env python3\n', 'inventory.program'],
    ['hosts.yaml', '$ANSIBLE_VAULT;1.1;AES256\n6162\n', 'inventory.vault'],
  ])('%s with %j', async (name, text, code) => {
    const directory = directoryWith({ [name]: text });
    const error = await refusal(() => loadInventory([join(directory, name)], OPTIONS));
    expect([error.code, error.message.includes(join(directory, name))]).toEqual([code, true]);
  });
});

describe('where and as whom a host is reached', () => {
  test('by its name, at port 22, as the default user, unless told', async () => {
    expect(await hostOf('g: {hosts: {h: }}\n')).toEqual({
      name: 'h',
      address: 'h',
      assumed: ['port', 'user'],
      port: 22,
      user: 'me',
      groups: ['g'],
      vars: {},
    });
  });

  test.each([
    ['ansible_host: 192.0.2.7', { address: '192.0.2.7' }],
    ['ansible_host: 2001:db8::7', { address: '2001:db8::7' }],
    ['ansible_ssh_host: old.example.net', { address: 'old.example.net' }],
    ['ansible_port: 2222', { port: 2222 }],
    ['ansible_port: "2222"', { port: 2222 }],
    ['ansible_user: root', { user: 'root' }],
    ['ansible_ssh_private_key_file: ~/.ssh/fleet', { privateKeyFile: '/home/me/.ssh/fleet' }],
    ['ansible_private_key_file: /etc/key', { privateKeyFile: '/etc/key' }],
    ['ovsfleet_known_hosts: /etc/known', { knownHostsFiles: ['/etc/known'] }],
    ['ovsfleet_known_hosts: [~/a, /b]', { knownHostsFiles: ['/home/me/a', '/b'] }],
  ])('%s', async (variable, expected) => {
    expect(await hostOf(`g: {hosts: {h: {${variable}}}}\n`)).toMatchObject(expected);
  });

  test('a relative path starts beside the inventory file, wherever the variable stands', async () => {
    const directory = directoryWith({
      'site/inv.yaml': 'g: {hosts: {h: {ovsfleet_known_hosts: known}, i: }}\n',
      'site/group_vars/all.yml': 'ansible_ssh_private_key_file: keys/fleet\n',
    });
    const { hosts } = await loadInventory([join(directory, 'site/inv.yaml')], OPTIONS);
    expect(hosts.get('h')).toMatchObject({
      privateKeyFile: join(directory, 'site/keys/fleet'),
      knownHostsFiles: [join(directory, 'site/known')],
    });
  });

  test.each([
    ['ansible_port: 0', 'inventory.bad-port'],
    ['ansible_port: 65536', 'inventory.bad-port'],
    ['ansible_port: ssh', 'inventory.bad-port'],
    ['ansible_port: 22.5', 'inventory.bad-port'],
    ['ansible_port: ', 'inventory.bad-port'],
    ['ansible_port: [22]', 'inventory.bad-port'],
    ['ansible_host: 10', 'inventory.bad-ansible_host'],
    ['ansible_host: ""', 'inventory.bad-ansible_host'],
    ['ansible_host: root@hv', 'inventory.bad-address'],
    ['ansible_host: "-oX"', 'inventory.bad-address'],
    ['ansible_user: 1000', 'inventory.bad-ansible_user'],
    ['ansible_user: "a b"', 'inventory.bad-user'],
    ['ansible_ssh_private_key_file: ~root/.ssh/id', 'inventory.bad-path'],
    ['ovsfleet_known_hosts: [1]', 'inventory.bad-ovsfleet_known_hosts'],
  ])('%s is refused', async (variable, code) => {
    const error = await refusal(() => load(`g:\n  hosts:\n    h: {${variable}}\n`));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/inv\.yaml:3:\d+: host h: /);
  });

  test('a bad port in a file of variables is told with that file', async () => {
    const error = await refusal(() =>
      load('g: {hosts: {h: }}\n', { 'group_vars/g.yml': '---\nansible_port: 222222\n' }),
    );
    expect(error.message).toMatch(
      /group_vars\/g\.yml:2:15: host h: ansible_port must be a port from 1 to 65535, and this is "222222"$/,
    );
    expect(error.remedy).toBe('ansible_port: 22');
  });
});

test('a host names its groups nearest first', async () => {
  const inventory = await load(
    'site: {children: {rack: {hosts: {h: }}}}\nb: {hosts: {h: , i: }}\nall: {hosts: {j: }}\n',
  );
  expect(inventory.hosts.get('h')?.groups).toEqual(['rack', 'site', 'b']);
  expect(inventory.hosts.get('j')?.groups).toEqual(['ungrouped']);
});

test('a list of hosts in place of a file', async () => {
  const { hosts } = await loadInventory(['hv[01:02], gw:2222'], OPTIONS);
  expect([...hosts.values()].map(({ name, port }) => [name, port])).toEqual([
    ['hv01', 22],
    ['hv02', 22],
    ['gw', 2222],
  ]);
});

test('every file that was read is named with its digest', async () => {
  const texts = { 'inv.yaml': 'g: {hosts: {h: }}\n', 'group_vars/g.yml': 'a: 1\n', 'host_vars/h/x.yml': 'b: 2\n' };
  const directory = directoryWith(texts);
  const { files } = await loadInventory([join(directory, 'inv.yaml')], OPTIONS);
  expect(files).toEqual(
    Object.entries(texts).map(([name, text]) => ({
      path: join(directory, name),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  );
});

describe('what is legal and looks like a mistake comes back as a warning', () => {
  test.each([
    ['a mistyped section', 'g:\n  hosts: {h: }\n  child: {x: }\n', {}, '3:3', 'Did you mean children?'],
    ['a host one level too high', 'g:\n  hosts: {h: }\n  hv02:\n', {}, '3:3', '"hv02" in group g is ignored'],
    [
      'a group without hosts',
      'hypervisors: {hosts: {h: }}\nsite: {children: {hypervisor: }}\n',
      {},
      '2:19',
      'Did you mean hypervisors?',
    ],
    ['a group named as a host', 'g: {hosts: {h: }}\nh: {hosts: {i: }}\n', {}, '2:1', 'h is a group and also a host'],
    [
      'a mistyped variable',
      'g: {hosts: {h: {ansible_hots: 192.0.2.1}}}\n',
      {},
      '1:17',
      'nothing reads the variable ansible_hots',
    ],
    ['a variable of ours that is none', 'g: {hosts: {h: {ovsfleet_x: 1}}}\n', {}, '1:17', 'ovsfleet_x'],
    [
      'another ssh program',
      'g: {hosts: {h: {ansible_ssh_executable: x}}}\n',
      {},
      '1:17',
      'ansible_ssh_executable has no effect',
    ],
    [
      'variables of a group that is not',
      'hv: {hosts: {h: }}\n',
      { 'group_vars/hvs.yml': 'a: 1\n' },
      '1:1',
      'Did you mean hv?',
    ],
    ['variables of a host that is not', 'hv: {hosts: {h: }}\n', { 'host_vars/k': 'a: 1\n' }, '1:1', 'no host k'],
    [
      'a second file for one group',
      'hv: {hosts: {h: }}\n',
      { 'group_vars/hv': 'a: 1\n', 'group_vars/hv.json': '{}' },
      '1:1',
      'this is not read',
    ],
  ])('%s', async (_name, yaml, beside, place, words) => {
    const { diagnostics } = await load(yaml, beside);
    expect(diagnostics.map(({ message }) => /:(\d+:\d+): /.exec(message)?.[1])).toEqual([place]);
    expect(diagnostics[0]?.message).toContain(words);
    expect(diagnostics[0]?.remedy).not.toBe('');
  });

  test('once for all the hosts that get it', async () => {
    const { diagnostics } = await load('g: {hosts: {"hv[01:40]": }, vars: {ansible_prot: 22}}\n');
    expect(diagnostics.map(({ facts }) => facts?.['hosts'])).toEqual(['hv[01-40]']);
  });

  test.each(['ansible_connection: local', 'ansible_password: x', 'ansible_ssh_pass: x', 'ovsfleet_transport: openssh'])(
    'and not for %s, which counts',
    async (variable) => {
      expect((await load(`g: {hosts: {h: }, vars: {${variable}}}\n`)).diagnostics).toEqual([]);
    },
  );

  test('and what Ansible knows well is no mistake', async () => {
    const vars = 'ansible_connection: ssh, ansible_python_interpreter: /x, ansible_become: yes, ansible_shell_type: sh';
    expect((await load(`g: {hosts: {h: }, vars: {${vars}}}\n`)).diagnostics).toEqual([]);
  });
});

test('variables beside a playbook may be for groups of other inventories', async () => {
  const directory = directoryWith({ 'inv/hosts': 'h\n', 'play/group_vars/elsewhere.yml': 'a: 1\n' });
  const options = { ...OPTIONS, playbookDirectory: join(directory, 'play') };
  expect((await loadInventory([join(directory, 'inv/hosts')], options)).diagnostics).toEqual([]);
});

describe('parameters of playbooks', () => {
  const params = async (yaml: string, beside?: Record<string, string>) => ovsfleetParams(await load(yaml, beside));

  test('stand in ovsfleet_params of group all, each with its place', async () => {
    const found = await params(
      'all:\n  hosts: {h: }\n  vars:\n    ovsfleet_params:\n      version: 3.5.0\n      jobs: 4\n',
    );
    expect(found.values).toEqual({ version: '3.5.0', jobs: 4 });
    expect(found.positions.get('jobs')).toMatchObject({ line: 6, column: 13 });
  });

  test('group_vars/all wins over the inventory file', async () => {
    const found = await params('all: {hosts: {h: }, vars: {ovsfleet_params: {a: 1}}}\n', {
      'group_vars/all.yaml': 'ovsfleet_params: {b: 2}\n',
    });
    expect(found.values).toEqual({ b: 2 });
  });

  test('may be absent', async () => {
    expect((await params('all: {hosts: {h: }}\n')).values).toEqual({});
  });

  test.each([
    ['that are a list', '[a]', '1:45'],
    ['with a version that YAML reads as a shorter number', '{version: 3.10}', '1:55'],
  ])('%s are refused', async (_name, written, place) => {
    const error = await refusal(() => params(`all: {hosts: {h: }, vars: {ovsfleet_params: ${written}}}\n`));
    expect([error.code, /inv\.yaml:(\d+:\d+)/.exec(error.message)?.[1]]).toEqual(['inventory.bad-params', place]);
  });
});

test('the example inventory loads without a warning, and its patterns select what its comments say', async () => {
  const inventory = await loadInventory([join(import.meta.dirname, '../../../inventory.example.yaml')], OPTIONS);
  const names = (pattern: string): string =>
    select(inventory, pattern)
      .map(({ name }) => name)
      .join(' ');
  expect(inventory.diagnostics).toEqual([]);
  expect(names('hypervisors:!quarantined')).toBe('hv01 hv02 hv03 hv04 hv05 hv06 hv08');
  expect(names('hypervisors[0:3]')).toBe('hv01 hv02 hv03 hv04');
  expect(names('hv[01-03,07]')).toBe('hv01 hv02 hv03 hv07');
  expect(inventory.hosts.get('hv08')).toMatchObject({ address: '192.0.2.18', port: 2222, vars: { rack: 'b' } });
  expect(ovsfleetParams(inventory).values).toMatchObject({ version: '3.5.0' });
});
