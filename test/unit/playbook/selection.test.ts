import { describe, expect, it } from 'vitest';
import { everything, type Selection } from '../../../src/model/selection.ts';
import {
  buildersFor,
  group,
  type HostView,
  type Node,
  playbook,
  selectPart,
  step,
  tagged,
  transaction,
  verify,
} from '../../../src/playbook/index.ts';
import { isTagged } from '../../../src/playbook/tags.ts';
import { sh } from '../../../src/shell/index.ts';

const some = (title: string): Node => step(title, { read: sh`:`, want: 'a', make: sh`:`, undo: sh`:` });
const view: HostView = {
  facts: {
    distro: 'debian',
    distroVersion: '12',
    kernel: '6.1.0-18-amd64',
    arch: 'x86_64',
    init: 'systemd',
    ovs: null,
    openstack: null,
  },
  host: { name: 'hv01', groups: [], vars: {} },
};

const book = playbook({
  title: 'Test',
  params: {},
  plays: [
    {
      title: 'Build',
      hosts: buildersFor('all'),
      builds: () => ({ id: 'b', platform: 'p', node: some('build b') }),
    },
    {
      title: 'Stage',
      hosts: 'all',
      tags: 'stage',
      steps: () => [
        some('staged'),
        tagged(['config', 'slow'], group('files', some('a file'), tagged('b', some('b file')))),
        tagged('never', some('debug')),
      ],
    },
    {
      title: 'Swap',
      hosts: 'all',
      preflight: () => [{ title: 'hot', refuses: sh`:`, remedy: 'r' }],
      steps: () => [
        tagged(
          'swap',
          transaction('swap', { confirm: '1s', deadline: '1s' }, some('agent'), tagged('run', some('running'))),
        ),
        tagged('always', verify('alive', { read: sh`:`, want: 'yes' })),
      ],
    },
  ],
}).resolve({});

const titles = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => ('nodes' in node ? titles(node.nodes) : [node.title]));

/** What is left of each play, for a host that all plays are for. */
const left = (selection: Partial<Selection>): readonly string[] => {
  const selected = selectPart(book, { ...everything, ...selection }, () => true);
  return selected.playbook.plays.map(({ hosts, nodes }) =>
    (hosts.kind === 'builders' ? hosts.needed(view).map(({ node }) => node.title) : titles(nodes(view))).join(' '),
  );
};

const all = ['build b', 'staged a file b file', 'agent running alive'];

describe('a selection', () => {
  it.each<[string, Partial<Selection>, readonly string[]]>([
    ['of nothing is all but what is never done', {}, all],
    ['by an address', { only: ['files/b file'] }, ['', 'b file', '']],
    ['by the address of what stands around', { only: ['files'] }, ['', 'a file b file', '']],
    ['by a pattern over slashes', { only: ['swap/*'] }, ['', '', 'agent running']],
    ['by a title alone', { only: ['b file', 'alive'] }, ['', 'b file', 'alive']],
    ['by the title of a play', { only: ['Swap'] }, ['', '', 'agent running alive']],
    ['by play and address', { only: ['Stage/fil*'] }, ['', 'a file b file', '']],
    ['by what a builder makes', { only: ['build *'] }, ['build b', '', '']],
    ['by a tag, with what is always done', { tags: ['config'] }, ['', 'a file b file', 'alive']],
    ['by the tag of a play', { tags: ['stage'] }, ['', 'staged a file b file debug', 'alive']],
    ['by the tag of a transaction', { tags: ['swap'] }, ['', '', 'agent running alive']],
    ['without a tag', { skipTags: ['slow'] }, ['build b', 'staged', 'agent running alive']],
    ['without what is always done', { skipTags: ['always', 'stage'] }, ['build b', '', 'agent running']],
    ['by pattern and tag, which both must hold', { only: ['Stage'], tags: ['b'] }, ['', 'b file', '']],
    ['from a step on, over all plays', { startAt: 'a file' }, ['', 'a file b file', 'agent running alive']],
    ['from a play on', { startAt: 'Stage' }, ['', 'staged a file b file', 'agent running alive']],
    ['from a transaction on', { startAt: 'swap' }, ['', '', 'agent running alive']],
    ['from the build on', { startAt: 'build*' }, all],
  ])('%s', (_, selection, expected) => {
    expect(left(selection)).toEqual(expected);
  });

  it.each<Partial<Selection>>([
    { only: ['swap/running'] },
    { tags: ['run'] },
    { skipTags: ['run'] },
    { startAt: 'running' },
  ])('that would split a transaction is refused, and says how to take all of it: %j', (selection) => {
    expect(() => left(selection)).toThrow(
      /transaction "swap" is done whole or not at all, but "\w+" would be done without/,
    );
    expect(() => left(selection)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining("--only 'swap'") }),
    );
  });

  it('starts a host in the first of its own plays that has it', () => {
    const { playbook: part } = selectPart(book, { ...everything, startAt: '*' }, ({ title }) => title === 'Swap');
    expect(part.plays.map(({ nodes }) => titles(nodes(view)).length)).toEqual([0, 0, 3]);
  });

  it('asks no preflight of a play that it leaves out', () => {
    const asked = (only: readonly string[]) =>
      selectPart(book, { ...everything, only }, () => true).playbook.plays[2]?.preflight(view).length;
    expect([asked(['Stage']), asked(['Swap'])]).toEqual([0, 1]);
  });

  it('of nothing that there is tells so, with the nearest name; one word of several that fits nothing is told, too', () => {
    const of = (selection: Partial<Selection>) => {
      const selected = selectPart(book, { ...everything, ...selection }, () => true);
      expect(selected.nothing()).toBeNull();
      for (const { nodes } of selected.playbook.plays) nodes(view);
      return [selected.nothing()?.message ?? null, selected.unused().map(({ message }) => message)];
    };
    expect(of({ only: ['swp/*'] })).toEqual([
      "Nothing of the playbook is selected by --only 'swp/*': --only swp/* fits nothing. Did you mean Swap or swap?",
      ['--only swp/* fits nothing. Did you mean Swap or swap?'],
    ]);
    expect(of({ skipTags: ['always'], tags: ['confg', 'b'] })).toEqual([
      null,
      ['--tags confg fits nothing. Did you mean config?'],
    ]);
    expect(of({ only: ['alive'], skipTags: ['always'] })[0]).toMatch(/its parts exclude each other/);
    expect(of({})).toEqual([null, []]);
  });
});

describe('tags, by the rules of Ansible', () => {
  const cases: readonly [readonly string[], readonly string[], readonly string[], boolean][] = [
    [[], [], [], true],
    [['a'], ['all'], [], true],
    [[], ['a'], [], false],
    [['a', 'b'], ['b'], [], true],
    [[], ['untagged'], [], true],
    [['a'], ['untagged'], [], false],
    [[], ['tagged'], [], false],
    [['a'], ['tagged'], [], true],
    [['always'], ['b'], [], true],
    [['always'], [], ['always'], false],
    [['never'], [], [], false],
    [['never', 'a'], ['a'], [], true],
    [['never', 'a'], ['tagged'], [], false],
    [['never'], ['never'], [], true],
    [['a'], [], ['a'], false],
    [['a'], [], ['tagged'], false],
    [[], [], ['untagged'], false],
    [['a'], [], ['all'], false],
    [['always'], [], ['all'], true],
    [['always'], [], ['all', 'always'], false],
    [['a', 'b'], ['a'], ['b'], false],
  ];
  it.each(cases)('%j with --tags %j --skip-tags %j: %j', (own, wanted, skipped, selected) => {
    expect(isTagged(own, wanted, skipped)).toBe(selected);
  });

  it.each(['a b', 'a,b', ''])('%j is no tag', (tag) => {
    expect(() => tagged(tag, some('x'))).toThrow(/has the tag .* which is no word/);
  });
});
