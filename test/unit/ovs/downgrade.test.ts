import { afterEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, fakeHost, shells } from './fake-host.ts';

const made: FakeHost[] = [];
const use = (host: FakeHost): FakeHost => {
  made.push(host);
  return host;
};
afterEach(() => {
  for (const host of made.splice(0)) host.remove();
});

const swaps = 'var/lib/ovsfleet/ovs/swaps';
const swapped = (run: string, from: string, to: string, kind = 'swap'): string =>
  `${kind} tx=${run}-0a1b2c at=1795358545 from=${from} from_release=3.1.0 from_schema=8.3.1 to=${to} to_release=3.5.0 to_schema=8.8.0`;
const [r1, r2, r3] = ['20261101-010000-aaaa', '20261102-010000-bbbb', '20261103-010000-cccc'];
const up = [swapped(r1, 'found', '3.5')];
const upTwice = [...up, swapped(r2, '3.5', '3.7')];

/** One value of a database as ovs__look prints it. */
const cell = (table: string, row: string, column: string, value: string): string =>
  `${table}\t${row}\t${column}\t${value}`;

describe.each(shells)('under $shell', ({ command }) => {
  describe('the way back', () => {
    test.each<[string, readonly string[], string, readonly string[], string]>([
      ['nothing was ever swapped', [], 'found', [], 'there'],
      ['a build of ours runs, and nothing says what ran before', [], '3.5', [], 'unknown'],
      ['it was swapped once', up, '3.5', [], 'open'],
      ['it was swapped, and taken back', [...up, swapped(r2, '3.5', 'found', 'back')], 'found', [], 'there'],
      ['it was swapped twice: to the one between', upTwice, '3.7', [], 'open'],
      [
        'it was swapped twice, and taken back once: no further by itself',
        [...upTwice, swapped(r3, '3.7', '3.5', 'back')],
        '3.5',
        [],
        'there',
      ],
      [
        'it was taken back and swapped again',
        [...up, swapped(r2, '3.5', 'found', 'back'), swapped(r3, 'found', '3.5')],
        '3.5',
        [],
        'open',
      ],
      ['somebody else has exchanged the release since', up, '3.9', [], 'unknown'],
      ['the run that is named swapped it', up, '3.5', [r1], 'open'],
      ['the run that is named was taken back already', up, 'found', [r1], 'there'],
      ['the run that is named swapped nothing here', up, '3.5', [r2], 'there'],
      ['another run has swapped it since the one that is named', upTwice, '3.7', [r1], 'other'],
      ['what another run did since was taken back first', upTwice, '3.5', [r1], 'open'],
      ['a resumption of the run that is named swapped it', upTwice, '3.7', [r3, r2], 'open'],
      ['a run is named whose id begins another one', up, '3.5', ['20261101-010000-aa'], 'there'],
    ])('when %s', (_, history, runs, named, is) => {
      const host = use(fakeHost());
      host.write(swaps, history.map((line) => `${line}\n`).join(''));
      const { stdout, stderr } = host.sh(command, `ovs_way_back ${[runs, ...named].join(' ')}`);
      expect({ is: stdout.split('\n')[0], stderr }).toEqual({ is: `is=${is}`, stderr: '' });
    });

    test('is told with what ran before', () => {
      const host = use(fakeHost());
      host.write(swaps, `${upTwice.join('\n')}\n`);
      const { stdout } = host.sh(command, 'ovs_way_back 3.7');
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(['is=open', 'from=3.5', 'from_release=3.1.0']));
    });
  });

  describe('what a host says of it', () => {
    const one = 'the one before';
    test.each<[string, readonly string[], string, string, string, string]>([
      ['nothing was swapped', [], one, one, one, ''],
      ['what ran before runs again', [swapped(r1, 'found', '3.5')], one, one, one, ''],
      [
        'a swap brought what runs',
        [swapped(r1, '3.0-1', 'found')],
        'found (before: 3.0-1)',
        '3.1.0 (before: 3.1.0)',
        'schema 8.3.1 (before: 8.3.1)',
        'not asked',
      ],
      [
        'somebody else brought what runs',
        [swapped(r1, '3.0-1', '3.5')],
        'found (before: not known)',
        '3.1.0 (before: not known)',
        'schema 8.3.1 (before: not known)',
        'it runs found, and nothing here says what ran before that\n',
      ],
    ])('when %s', (_, history, build, release, database, objection) => {
      const host = use(debianHost());
      host.write(swaps, history.map((line) => `${line}\n`).join(''));
      expect(host.sh(command, 'ovs_rolled_back').stdout).toBe(
        `build=${build}\nrelease=${release}\ndatabase=${database}\n`,
      );
      if (objection !== 'not asked') expect(host.sh(command, 'ovs_rollback_objections').stdout).toBe(objection);
    });

    test('when another run has swapped it since the one that is named', () => {
      const host = use(debianHost());
      host.write(swaps, `${swapped(r1, '3.0-1', '3.5')}\n${swapped(r2, '3.5', 'found')}\n`);
      expect(host.sh(command, `ovs_rollback_objections ${r1}`).stdout).toBe(
        `it runs found, which another run put there since (${r2}-0a1b2c)\n`,
      );
    });
  });

  describe('a swap that is over', () => {
    const finish =
      'TX=$OVS_ROOT/tx/20261101-010000-aaaa-0a1b2c; ovs__note_swap; cat "$OVS_ROOT/var/lib/ovsfleet/ovs/swaps"';
    const host = (...files: readonly (readonly [string, string])[]): FakeHost => {
      const it = use(debianHost());
      for (const [name, text] of files) it.write(`tx/20261101-010000-aaaa-0a1b2c/${name}`, text);
      return it;
    };
    const ran = [
      'ovs/ran',
      'build=3.5.0-1\nrelease=3.5.0 (by the database: ovs-vswitchd does not answer)\nschema=8.8.0\n',
    ] as const;
    const line =
      /^(swap|back) tx=20261101-010000-aaaa-0a1b2c at=\d+ from=3\.5\.0-1 from_release=3\.5\.0 from_schema=8\.8\.0 to=found to_release=3\.1\.0 to_schema=8\.3\.1\n$/;

    test('is written down once, however often it ends', () => {
      const { stdout, stderr } = host(['confirmed', ''], ran).sh(
        command,
        finish.replace('ovs__note_swap', 'ovs__note_swap; ovs__note_swap'),
      );
      expect(stderr).toBe('');
      expect(line.exec(stdout)?.[1], stdout).toBe('swap');
    });

    test('is written down as a way back when it was one', () => {
      const { stdout } = host(['confirmed', ''], ran, ['rollback/target', 'found\n']).sh(command, finish);
      expect(line.exec(stdout)?.[1], stdout).toBe('back');
    });

    test.each([
      ['it was undone', [ran]],
      [
        'it brought no other release',
        [
          ['confirmed', ''],
          ['ovs/ran', 'build=found\nrelease=3.1.0\nschema=8.3.1\n'],
        ],
      ],
      ['it was no swap', [['confirmed', '']]],
    ] as const)('leaves no line when %s', (_, files) => {
      expect(host(...files).sh(command, finish).stdout).toBe('');
    });
  });

  describe('what a database holds', () => {
    // Printed by ovsdb-client of 3.5.0, shortened.
    const columns = `Bridge,_uuid,"""uuid"""
Bridge,name,"""string"""
Bridge,stp_enable,"""boolean"""
Bridge,other_config,"{""key"":""string"",""max"":""unlimited"",""min"":0,""value"":""string""}"
Flow_Sample_Collector_Set,id,"{""key"":{""maxInteger"":4294967295,""minInteger"":0,""type"":""integer""}}"
Flow_Sample_Collector_Set,local_group_id,"{""key"":{""maxInteger"":4294967295,""minInteger"":0,""type"":""integer""},""min"":0}"
`;
    const dumped = `AutoAttach table
_uuid,system_name

Bridge table
_uuid,name,other_config,stp_enable
"[""uuid"",""706df978-220a-4bbb-87ec-d4030a8b8f35""]","""br-int""","[""map"",[[""a"",""b, \\""c\\""""]]]",false
"[""uuid"",""6558fc7e-1d71-43d2-a728-476cf42ac2ff""]","""br table""","[""map"",[]]",true

Flow_Sample_Collector_Set table
_uuid,bridge,id,local_group_id
"[""uuid"",""4cfa3cbe-7347-4c7f-9892-1e48eb7282f5""]","[""uuid"",""6558fc7e-1d71-43d2-a728-476cf42ac2ff""]",7,0
`;

    test('is told value by value: what nobody wrote is left out, a nought that somebody wrote is not', () => {
      const host = use(fakeHost());
      host.write('columns', columns);
      host.write('dump', dumped);
      const { stdout, stderr } = host.sh(command, 'ovs__cells "$OVS_ROOT/dump" <"$OVS_ROOT/columns"');
      expect(stderr).toBe('');
      const [b1, b2, f] = [
        '706df978-220a-4bbb-87ec-d4030a8b8f35',
        '6558fc7e-1d71-43d2-a728-476cf42ac2ff',
        '4cfa3cbe-7347-4c7f-9892-1e48eb7282f5',
      ];
      expect(stdout.split('\n').slice(0, -1)).toEqual([
        'AutoAttach',
        'Bridge',
        cell('Bridge', b1, '_uuid', `["uuid","${b1}"]`),
        cell('Bridge', b1, 'name', '"br-int"'),
        cell('Bridge', b1, 'other_config', '["map",[["a","b, \\"c\\""]]]'),
        cell('Bridge', b2, '_uuid', `["uuid","${b2}"]`),
        cell('Bridge', b2, 'name', '"br table"'),
        cell('Bridge', b2, 'stp_enable', 'true'),
        'Flow_Sample_Collector_Set',
        cell('Flow_Sample_Collector_Set', f, '_uuid', `["uuid","${f}"]`),
        cell('Flow_Sample_Collector_Set', f, 'bridge', `["uuid","${b2}"]`),
        cell('Flow_Sample_Collector_Set', f, 'id', '7'),
        cell('Flow_Sample_Collector_Set', f, 'local_group_id', '0'),
      ]);
    });

    const port = [
      cell('Port', 'p1', '_uuid', 'p1'),
      cell('Port', 'p1', 'name', '"tap7"'),
      cell('Port', 'p1', 'tag', '7'),
    ];
    test.each<[string, readonly string[], readonly string[], readonly string[]]>([
      ['nothing', ['Port', ...port], ['Port', ...port], []],
      ['a column', port, port.slice(0, 2), ['Port "tap7": tag = 7']],
      ['a row, told once', port, ['Port'], ['Port "tap7": the whole row']],
      ['a table', ['Port', ...port], [], ['Port "tap7": the whole row']],
      [
        'a value, for another',
        port,
        port.with(2, cell('Port', 'p1', 'tag', '0')),
        ['Port "tap7": tag = 7, which becomes 0'],
      ],
      ['no value, for one', port.slice(0, 2), port, ['Port "tap7": tag has no value, which becomes 7']],
    ])('loses %s', (_, before, after, lost) => {
      const host = use(fakeHost());
      host.write('before', `${before.join('\n')}\n`);
      host.write('after', `${after.join('\n')}\n`);
      const { stdout, stderr } = host.sh(command, 'ovs__lost "$OVS_ROOT/before" "$OVS_ROOT/after"');
      expect(stderr).toBe('');
      expect(stdout.split('\n').slice(0, -1)).toEqual(lost);
    });
  });
});
