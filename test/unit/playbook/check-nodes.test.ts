import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/model/secret.ts';
import {
  around,
  firstOf,
  group,
  type HostView,
  type Node,
  on,
  playbook,
  step,
  trafficWatched,
  transaction,
  unchanged,
  verify,
} from '../../../src/playbook/index.ts';

import { sh, withInput } from '../../../src/shell/index.ts';

const hv01: HostView = {
  facts: {
    distro: 'debian',
    distroVersion: '12',
    kernel: '6.1',
    arch: 'x86_64',
    init: 'systemd',
    ovs: null,
    openstack: null,
  },
  host: { name: 'hv01', groups: [], vars: {} },
};

/** The tree of one host, as a play hands it on. */
const tree = (...nodes: readonly Node[]): readonly Node[] => {
  const [play] = playbook({
    title: 'P',
    params: {},
    plays: [{ title: 'Swap', hosts: 'all', steps: () => nodes }],
  }).resolve({}).plays;
  return play?.nodes(hv01) ?? [];
};

const plain = step('files are staged', { read: sh`a`, want: 'b', make: sh`c` });
const undoable = step('daemons run', { read: sh`a`, want: 'b', make: sh`c`, undo: sh`d` });
const limits = { confirm: '90s', deadline: '5m' };
const edges = { before: sh`stop`, after: sh`start` };

describe('a tree that keeps the rules', () => {
  it('is handed on as it is', () => {
    const nodes = [
      group('before', plain, verify('reachable', { read: sh`a`, want: 'b' })),
      trafficWatched(
        { maxGap: '3s' },
        transaction(
          'swap',
          limits,
          around('agent held', edges, unchanged('flows', { read: sh`dump` }, group('inside', undoable))),
          verify('answers', { read: sh`a`, want: 'b' }),
        ),
      ),
    ];
    expect(tree(...nodes)).toEqual(nodes);
  });
});

describe('a tree that breaks a rule', () => {
  it.each<[string, readonly Node[], { readonly code: string; readonly message: string; readonly remedy: string }]>([
    [
      'two nodes of one title, wherever they stand',
      [plain, group('more', transaction('swap', limits, { ...undoable, title: plain.title }))],
      {
        code: 'playbook.duplicate-title',
        message: 'Play "Swap": two steps are called "files are staged".',
        remedy: 'Give each a title of its own: addresses are made of titles.',
      },
    ],
    [
      'a step that cannot be undone within a transaction',
      [transaction('swap', limits, around('held', edges, group('in', plain)))],
      {
        code: 'playbook.no-undo',
        message: 'Step "files are staged" stands in a transaction but says no undo.',
        remedy: 'Give it an undo, or move it out of the transaction.',
      },
    ],
    [
      'a file sent within a transaction',
      [
        transaction('swap', limits, {
          ...undoable,
          sends: [{ from: { file: 'a' }, remote: '/a', mode: '0644', sha256: null }],
        }),
      ],
      {
        code: 'playbook.transfer-in-transaction',
        message: 'Step "daemons run" moves files inside a transaction, which the host runs alone.',
        remedy: 'Move the files in a step before or after the transaction.',
      },
    ],
    [
      'a file brought within a transaction',
      [transaction('swap', limits, { ...undoable, brings: [{ remote: '/a', artifact: 'a' }] })],
      {
        code: 'playbook.transfer-in-transaction',
        message: 'Step "daemons run" moves files inside a transaction, which the host runs alone.',
        remedy: 'Move the files in a step before or after the transaction.',
      },
    ],
    [
      'a file fetched within a transaction',
      [
        transaction(
          'swap',
          limits,
          verify('fetched', { read: sh`a`, want: 'b', fetches: [{ remote: '/a', as: 'a' }] }),
        ),
      ],
      {
        code: 'playbook.transfer-in-transaction',
        message: 'Step "fetched" moves files inside a transaction, which the host runs alone.',
        remedy: 'Move the files in a step before or after the transaction.',
      },
    ],
    [
      'a reboot within a transaction',
      [transaction('swap', limits, { ...undoable, rebootMs: 60_000 })],
      {
        code: 'playbook.reboot-in-transaction',
        message: 'Step "daemons run" reboots the host inside a transaction, which would undo itself at that.',
        remedy: 'Move it out of the transaction.',
      },
    ],
    [
      'a secret within a transaction, also one in an undo',
      [
        transaction('swap', limits, {
          ...undoable,
          undo: sh`echo; ${withInput(new Secret('x'), sh`cat`)}`,
        }),
      ],
      {
        code: 'playbook.secret-in-transaction',
        message: '"daemons run" uses a secret inside a transaction, whose program the host keeps in a file.',
        remedy: 'Use it in a step before or after the transaction.',
      },
    ],
    [
      'several ways within a transaction',
      [
        transaction(
          'swap',
          limits,
          step('module installed', {
            read: sh`a`,
            want: 'b',
            make: firstOf({ title: 'x', can: sh`:`, make: sh`c` }, { title: 'y', can: sh`:`, make: sh`d` }),
            undo: sh`e`,
          }),
        ),
      ],
      {
        code: 'playbook.ways-in-transaction',
        message: 'Step "module installed" has several ways inside a transaction, where only one could be undone.',
        remedy: 'Give it one way, or move it out of the transaction.',
      },
    ],
    [
      'an around outside a transaction',
      [group('g', around('agent held', edges, undoable))],
      {
        code: 'playbook.outside-transaction',
        message: 'Play "Swap": "agent held" stands outside a transaction, where nobody could settle it after a crash.',
        remedy: 'Put it inside transaction(…).',
      },
    ],
    [
      'a promise outside a transaction',
      [unchanged('flows', { read: sh`dump` }, undoable)],
      {
        code: 'playbook.outside-transaction',
        message: 'Play "Swap": "flows" stands outside a transaction, where nobody could settle it after a crash.',
        remedy: 'Put it inside transaction(…).',
      },
    ],
    [
      'traffic watched from within a transaction',
      [transaction('swap', limits, trafficWatched({ maxGap: '3s' }, undoable))],
      {
        code: 'playbook.watched-inside',
        message: 'Play "Swap": "longest gap ≤ 3s" needs another host, which a transaction cannot have.',
        remedy: 'Put trafficWatched around the transaction.',
      },
    ],
    [
      'another host asked from within a transaction',
      [transaction('swap', limits, undoable, on('hv02', verify('seen', { read: sh`:`, want: 'yes' })))],
      {
        code: 'playbook.on-inside',
        message: 'Play "Swap": "on hv02: seen" needs another host, which a transaction cannot have.',
        remedy: 'Put it after the transaction.',
      },
    ],
    [
      'a transaction in a transaction',
      [transaction('swap', limits, group('g', transaction('inner', limits, undoable)))],
      {
        code: 'playbook.nested-transaction',
        message: 'Play "Swap": transaction "inner" stands inside another.',
        remedy: 'Make them one.',
      },
    ],
  ])('is refused with what to do: %s', (_, nodes, problem) => {
    expect(() => tree(...nodes)).toThrow(expect.objectContaining(problem));
  });
});
