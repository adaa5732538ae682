import { type Case, one } from './case.ts';

/** What is legal, and surprises. */
export const ODD: readonly Case[] = [
  one('a host named as a group', 'hosts', '[web]\nweb x=1\nw2\n', ['web', '!web', '&web', 'w*']),
  one('a group named as a host of before', 'hosts', 'web x=1\n[web]\nw2\nweb y=2\n', ['web']),
  one('a port where a host is named again', 'hosts', 'h1\nh1:2222\nh2:22\nh2:23\n'),
  one('a variable set twice', 'hosts', 'h1 a=1 a=2\n[g]\nh1 a=3\n'),
  one('a variable with a dash and a dot', 'hosts', 'h1 a-b=1 a.b=2 3=4\n'),
  one('quotes in the middle of words', 'hosts', `h1 a=x"y z"w b='p'q c="" d='' e=\\"q\\"\n`),
  one('escapes in quotes', 'hosts', `h1 a="x\\\\y" b="x\\ny" c='x\\ny' d=x\\ny e="\\$"\n`),
  one('a hash in quotes', 'hosts', 'h1 a="b#c" d=\'#\' e=f\n[g]\nh1\n[g:vars]\nx="a # b"\ny=a#b\n'),
  one(
    'numbers at the edge',
    'hosts',
    'h a=-0 b=-0.0 c=1e16 d=1e15 e=0.0001 f=0.00001 g=1e-7 h=123456789.123456789 i=0b101 j=0o17 k=00 l=1e0 m=9007199254740991 n=1E5 o=1_0.0_1\n',
  ),
  one(
    'what looks like a number and is none',
    'hosts',
    'h a=1_ b=_1 c=0x d=1e e=--1 f=1-2 g=08 h=1.2.3.4 i=12:30 j=1,a k=inf l=nan m=1__0 n=0xg\n',
  ),
  one(
    'almost literals',
    'hosts',
    `[g]\nh\n[g:vars]\na=[1,\nb={'a'}x\nc={1: }\nd=[a]\ne='open\nf=(1\ng={'a': b}\nh="a" b\ni=None None\nj=1 2\nk=[1 2]\nl=lambda: 1\nm=-True\nn=not x\no=f'x'\n`,
  ),
  one(
    'literals with blanks and comments',
    'hosts',
    `[g]\nh\n[g:vars]\na=[ 1 , 2 , ] # two\nb={ 'k' : 'v' , }\nc=( 1 )\nd=1 , 2\ne='a'  'b'\nf= - 5\ng=  "  x"\n`,
  ),
  one('keys of maps that are no text', 'hosts', `[g]\nh\n[g:vars]\na={1: 'x'}\nb={True: 1}\nc={None: 1}\nd={1.5: 1}\n`),
  one('group names with dots and dashes', 'hosts', '[web-1]\na\n[web.2]\nb\n[web_3:children]\nweb-1\n', [
    'web-1',
    'web.2',
    'web_3',
  ]),
  one('a group that is only ever a child', 'hosts.yml', 'a: {children: {b: {children: {c: {hosts: {h: }}}}}}\n', [
    'c',
    'a',
  ]),
  one(
    'a diamond of groups',
    'hosts',
    '[top:children]\nl\nr\n[l:children]\nbottom\n[r:children]\nbottom\n[bottom]\nh\n[l:vars]\nx=l\n[r:vars]\nx=r\n[top:vars]\nx=t\n',
    ['top', 'l:&r'],
  ),
  one(
    'depth wins over priority',
    'hosts',
    '[out:children]\nin\n[in]\nh\n[out:vars]\nx=out\nansible_group_priority=50\n[in:vars]\nx=in\n',
  ),
  one('ungrouped as a child', 'hosts', '[x:children]\nungrouped\n[web]\nw\n', ['x']),
  one('ranges that begin with nothing', 'hosts', 'h[:3]\ni[0:3:2]\nj[a:C:9]\nk[001:003]\nl[9:10]\nm[09:10]\n'),
  one('a range of one', 'hosts', 'h[3:3]\ni[a:a]\nj[1:5:9]\n'),
  one('three ranges in a name', 'hosts', 'a[1:2]b[1:2]c[x:y]\n'),
  one('hosts with underscores and dots', 'hosts', 'a_b\na.b.c\n_x\n1\n1.2\n0x1\n'),
  one('a tab between words', 'hosts', 'h1\ta=1\t\tb=2\n  \t \n\th2\n'),
  one('an unusual line end', 'hosts', 'h1 a=1\x0bh2 a=2\n'),
  one('empty sections', 'hosts', '[a]\n[b:vars]\n[b]\n[c:children]\n[d]\nh\n'),
  one('a string for hosts and children in YAML', 'hosts.yml', 'a: {hosts: h1, children: b}\nb: {hosts: h2}\n'),
  one('keys that YAML does not take for text', 'hosts.yml', 'g: {hosts: {h: {x: {1: a, no: b, ~: c, 1.5: d}}}}\n'),
  one(
    'floats in YAML',
    'hosts.yml',
    'g: {hosts: {h: {a: 1.0, b: 1e3, c: 1.5e+3, d: .5, e: -1., f: 6.02e+23, g: 0.1, h: 1_000.5}}}\n',
  ),
  one(
    'multi-line text in YAML',
    'hosts.yml',
    'g:\n  hosts:\n    h:\n      a: |\n        x\n        y\n      b: >-\n        x\n        y\n      c: "x\n        y"\n',
  ),
  one(
    'variables that Ansible hides',
    'hosts',
    'h inventory_dir=/x groups=1 omit=2 playbook_dir=/y ansible_version=3 shown=4\n',
  ),
  one('a key of no meaning in YAML', 'hosts.yml', 'g: {hosts: {h: }, host: {i: }, other: {}}\n'),
  { name: 'a range in a list of hosts', files: {}, sources: ['hv[01:02],x'] },
  {
    name: 'a group_vars file for nothing',
    files: {
      hosts: 'h\n',
      'group_vars/none.yml': 'a: 1\n',
      'group_vars/all': 'b: 1\n',
      'group_vars/all.yml': 'b: 2\n',
    },
    sources: ['hosts'],
  },
  {
    name: 'empty files of variables',
    files: { hosts: '[g]\nh\n', 'group_vars/g.yml': '# nothing\n', 'host_vars/h.yml': '' },
    sources: ['hosts'],
  },
  {
    name: 'priority in group_vars is a variable like others',
    files: {
      hosts: '[a]\nh\n[b]\nh\n[a:vars]\nx=a\n',
      'group_vars/a.yml': 'x: a\nansible_group_priority: 10\n',
      'group_vars/b.yml': 'x: b\n',
    },
    sources: ['hosts'],
  },
  {
    name: 'a vault file with its own name as a program',
    files: { 'dyn.sh': '#!/bin/sh\necho \'{"_meta": {"hostvars": {"x": {"a": 1}}}, "g": {"hosts": ["y"]}}\'\n' },
    sources: ['dyn.sh'],
  },
  {
    name: 'a program that prints groups alone',
    files: { dyn: '#!/bin/sh\necho \'{"g": ["a", "b"], "all": {"vars": {"x": "y"}}, "_meta": {}}\'\n' },
    sources: ['dyn'],
  },
];
