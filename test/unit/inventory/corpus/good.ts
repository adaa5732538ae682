import { type Case, one } from './case.ts';
import { vaulted, vaultedFile, vaultedIni, vaultedLabelled, vaultedUser, vaultedYaml } from './encrypted.ts';

const PW = [{ label: 'default', password: 'pw' }];

const indented = (text: string): string => text.trimEnd().replaceAll('\n', '\n            ');

const PROGRAM = `#!/bin/sh
cat <<'END'
{"web": {"hosts": ["w1", "w2"], "vars": {"port": 80, "ratio": 1e3, "tls": false}, "children": ["edge"]},
 "edge": ["e1"], "solo": {"ansible_host": "192.0.2.9"}, "empty": {"hosts": []},
 "_meta": {"hostvars": {"w1": {"rack": "a", "list": [1, 2.5, null]}, "e1": {"__odd": {"__ansible_unsafe": "{{ x }}"}}}}}
END
`;

const PROGRAM_BY_HOST = `#!/bin/sh
case $1 in
--list) echo '{"web": {"hosts": ["w1", "w2"]}}' ;;
--host) echo "{\\"name\\": \\"$2\\", \\"n\\": 1}" ;;
esac
`;

/** What people write. */
export const GOOD: readonly Case[] = [
  one('an INI file of groups', 'hosts', '[web]\nw1\nw2\n\n[db]\nd1\n', ['web', 'db:web', '!db', 'w*', 'web[0]']),
  one('hosts before any section', 'hosts', 'gw\nmail.example.com\n[web]\nw1\n', ['ungrouped', '*.example.com']),
  one(
    'host variables in INI',
    'hosts',
    'h1 ansible_host=192.0.2.1 ansible_port=2222 rack=a\nh2 x="a b" y=\'c d\' z=e\\ f\n',
  ),
  one(
    'values typed as Python types them',
    'hosts',
    'h a=1 b=1e3 c=0x10 d=1_000 e=0123 f=True g=true h=None i=[1,2] j="True" k="05" l=yes m=1.5 n=-3 o=+4 p=.5 q=5. r=1.2.3\n',
  ),
  one(
    'lists, maps and tuples in INI',
    'hosts',
    `h a="[1, 'x', None]" b="{'k': 1, 2: [3]}" c=80,443 d="(1,)" e="()" f="{}" g="[]" h="[[1],[2]]" i="{'a': {'b': True}}"\n`,
  ),
  one(
    'strings of every kind in INI',
    'hosts',
    `[g]\nh\n[g:vars]\na="x y"\nb='x'\nc="a" 'b'\nd=b'bytes'\ne=r'\\n'\nf="\\t\\x41\\u00e9"\ng='''tripled'''\nh=u'u'\ni="it's"\nj=\n`,
  ),
  one(
    'comments wherever they may be',
    'hosts',
    '# top\n; too\n[web] # web\nw1 a=1 # one\nw2 a=b#c\n[web:vars]\nx=1 # a number\ny=text # kept\nz="v w" # cut\n',
  ),
  one('variables of groups in INI', 'hosts', '[web]\nw1\nw2 x=own\n[web:vars]\nx=group\n y = spaced out \nz=a=b\n'),
  one('groups of groups in INI', 'hosts', '[site:children]\nweb\ndb\n[web]\nw1\n[db]\nd1\n[site:vars]\ns=1\n', [
    'site',
    'site[1]',
    'all:!web',
  ]),
  one(
    'sections in any order',
    'hosts',
    '[b:vars]\nx=1\n[a:children]\nb\nc\n[c:children]\nd\n[b]\nh1\n[d]\nh2\n[b:vars]\ny=2\n',
    ['a', 'c'],
  ),
  one('a group in two sections', 'hosts', '[web]\nw1\n[db]\nd1\n[web]\nw2\nw1 x=1\n'),
  one('variables of all in INI', 'hosts', '[all:vars]\nuser=root\n[web]\nw1\n'),
  one('hosts in all and ungrouped sections', 'hosts', '[all]\na1\n[ungrouped]\nu1\n[web]\nu1\nw1\n', [
    'ungrouped',
    'all',
  ]),
  one(
    'ranges in INI',
    'hosts',
    '[hv]\nhv[01:12]\n[step]\ns[0:10:5]\n[letters]\nrack[a:c]-n[1:2]\n[mixed]\nx[8:11].example.com\n',
    ['hv[0:2]', 'letters', 'rackb*', 'hv1?'],
  ),
  one('ranges with ports and variables', 'hosts', 'h[1:3]:2200 a=1\nh2 b=2\n'),
  one('ports and IPv6 in INI', 'hosts', 'a:22\n[2001:db8::1]:2222\n2001:db8::2\n192.0.2.7:99\n'),
  one('group priority in INI', 'hosts', '[a]\nh\n[b]\nh\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n'),
  one('a file with an extension that is not YAML', 'hosts.prod', '[web]\nw1\n'),
  one('INI in a file named .ini', 'hosts.ini', 'h1\n'),
  one('one host and nothing else', 'hosts', 'h1\n'),
  one('DOS line ends', 'hosts', '[web]\r\nw1 a=1\r\n[web:vars]\r\nb=2\r\n'),
  one('letters from elsewhere', 'hosts', '[büro]\nhost-é x="ÿ 日本"\n', ['büro']),
  one(
    'a YAML file with an odd mixture',
    'hosts.yml',
    'all:\n  hosts:\n    h1: {a: 1, b: [1, {c: yes}]}\n  children:\n    g:\n      hosts:\n        "h[2:4]":\n      vars: {x: 0o17, y: 017, z: 1_0, d: "2026-11-22", n: ~}\n',
    ['g[1:]'],
  ),
  one(
    'JSON as a file',
    'hosts.json',
    '{"g": {"hosts": {"h1": {"f": 1e3, "i": 10, "s": "1e3", "t": true, "n": null, "u": "\\u00e9"}}, "vars": {"x": [1.0, 2.50]}}}\n',
  ),
  one('JSON with tabs', 'hosts.json', '{\n\t"g": {\n\t\t"hosts": {\n\t\t\t"h1": {}\n\t\t}\n\t}\n}\n'),
  one('YAML without an extension', 'inventory', '---\nweb:\n  hosts:\n    w1:\n'),
  one(
    'anchors and merges',
    'hosts.yml',
    'base: &b {hosts: {h1: &v {a: 1, b: 2}}}\nmore: {hosts: {h2: {<<: *v, b: 3}}}\n',
  ),
  one(
    'text that is no template',
    'hosts.yml',
    'g: {hosts: {h1: {a: !unsafe "{{ no }}", b: !unsafe [x, "{% y %}"]}}}\n',
  ),
  one(
    'templates of other variables',
    'hosts',
    '[g]\nh1 n=5 f=1.5\nh2 n=6 f=2e20\n[g:vars]\nsame="{{ n }}"\ntwice="{{ same }}"\nname="{{ inventory_hostname }}.example.com"\nboth="{{ n }}-{{ f }}"\n[all:vars]\nflag=True\nkept="{{ flag }}"\nnothing=None\nnone="{{ nothing }}"\nintext="<{{ flag }}>"\n',
  ),
  one(
    'templates with dotted paths',
    'hosts.yml',
    'all:\n  vars:\n    net: {dns: [10.0.0.1, 10.0.0.2], mtu: 9000, deep: {up: true}, empty: ~}\n    dns: "{{ net.dns }}"\n    first: "{{ net.dns.0 }}"\n    mtu: "{{ net.mtu }}"\n    on_: "{{ net.deep.up }}"\n    all_of_it: "{{ net }}"\n    inside: [{a: "{{ net.mtu }}"}, "x{{ mtu }}"]\n    listed: "[{{ mtu }}, 2]"\n    block: |\n      {{ mtu }}\n  hosts: {h1: }\n',
  ),
  one(
    'templates of names that Ansible sets',
    'hosts',
    '[web]\nw1.example.com who="{{ inventory_hostname_short }}" where="{{ inventory_dir }}" groups_="{{ group_names }}" file="{{ inventory_file }}" members="{{ groups.web }}"\nw2\n',
  ),
  {
    name: 'an INI file beside group_vars and host_vars',
    files: {
      hosts: '[web]\nw1 x=ini\nw2\n[web:vars]\nx=group\ny=group\n',
      'group_vars/all.yml': 'x: all\nz: all\n',
      'group_vars/web': 'y: file\n',
      'host_vars/w2.yaml': 'x: host file\n',
    },
    sources: ['hosts'],
  },
  {
    name: 'directories of variables',
    files: {
      hosts: '[web]\nw1\n',
      'group_vars/web/10-a.yml': 'x: 1\ny: 1\n',
      'group_vars/web/20-b.json': '{"y": 2}',
      'group_vars/web/deep/c': 'z: 3\n',
      'group_vars/web/.hidden.yml': 'x: 9\n',
      'group_vars/web/old.yml~': 'x: 9\n',
      'host_vars/w1/a.yaml': 'h: 1\n',
    },
    sources: ['hosts'],
  },
  {
    name: 'a directory of INI, YAML and a program',
    files: {
      'inv/01-hosts': '[web]\nw1 a=1\n',
      'inv/02.yml': 'web: {hosts: {w2: }}\ndb: {hosts: {d1: }}\n',
      'inv/03-dynamic': PROGRAM,
      'inv/README.md': 'no',
      'inv/.git/x': 'no',
      'inv/group_vars/web.yml': 'g: 1\n',
    },
    sources: ['inv'],
    patterns: ['web', 'db:edge'],
  },
  { name: 'a program with _meta', files: { dyn: PROGRAM }, sources: ['dyn'], patterns: ['web', 'edge', 'solo'] },
  { name: 'a program that is asked for each host', files: { 'dyn.py': PROGRAM_BY_HOST }, sources: ['dyn.py'] },
  {
    name: 'several sources',
    files: {
      'one/hosts': '[g]\na x=1\n',
      'one/group_vars/g.yml': 'v: one\n',
      'two/hosts': '[g]\nb\na x=2\n[h:children]\ng\n',
      'two/group_vars/g.yml': 'v: two\n',
      'one/again': 'c\n',
    },
    sources: ['one/hosts', 'two/hosts', 'one/again'],
  },
  { name: 'a list of hosts', files: {}, sources: ['h1,h2.example.com,192.0.2.1:22'], patterns: ['h1', '~h.'] },
  { name: 'a list and a file', files: { hosts: '[web]\nw1\n' }, sources: ['hosts', 'w1,x1,'], patterns: ['ungrouped'] },
  {
    name: 'variables beside the playbook',
    files: {
      'inv/hosts': '[a]\nh x=ini\n[b:children]\na\n',
      'inv/group_vars/all.yml': 'p: 1\nq: 1\n',
      'inv/group_vars/a.yml': 'q: 2\nr: 2\n',
      'inv/host_vars/h.yml': 'x: inv\ns: inv\n',
      'play/group_vars/all.yml': 'p: 3\nq: 3\nr: 3\n',
      'play/group_vars/b.yml': 'r: 4\n',
      'play/host_vars/h.yml': 's: play\n',
    },
    sources: ['inv/hosts'],
    playbook: 'play',
  },
  {
    name: 'values of a vault',
    files: {
      'hosts.yml': `g:\n  hosts:\n    h1:\n      secret: !vault |\n            ${indented(vaulted)}\n      plain: 1\n      used: "{{ secret }}"\n      part: "a-{{ secret }}-b"\n`,
    },
    sources: ['hosts.yml'],
    passwords: PW,
  },
  {
    name: 'a labelled value among several passwords',
    files: {
      hosts: '[g]\nh1\n',
      'group_vars/g.yml': `a: !vault |\n            ${indented(vaultedLabelled)}\nb: !vault |\n            ${indented(vaulted)}\n`,
    },
    sources: ['hosts'],
    passwords: [...PW, { label: 'prod', password: 'other' }],
  },
  {
    name: 'a file of variables that is encrypted whole',
    files: {
      hosts: '[g]\nh1\n',
      'group_vars/g/vault.yml': vaultedFile,
      'group_vars/g/vars.yml': 'url: "db://x:{{ db_password }}@db:{{ port }}/{{ nested.token }}"\n',
    },
    sources: ['hosts'],
    passwords: PW,
  },
  {
    name: 'a YAML inventory that is encrypted whole',
    files: { 'hosts.yml': vaultedYaml },
    sources: ['hosts.yml'],
    passwords: PW,
  },
  { name: 'an INI inventory that is encrypted whole', files: { hosts: vaultedIni }, sources: ['hosts'], passwords: PW },
  {
    name: 'a user that a vault names',
    files: {
      'hosts.yml': `g:\n  hosts: {h1: }\n  vars:\n    ansible_user: !vault |\n            ${indented(vaultedUser)}\n`,
    },
    sources: ['hosts.yml'],
    passwords: PW,
  },
  {
    name: 'a vault value that nobody opens',
    files: { 'hosts.yml': `g:\n  hosts:\n    h1:\n      secret: !vault |\n            ${indented(vaulted)}\n` },
    sources: ['hosts.yml'],
  },
];
