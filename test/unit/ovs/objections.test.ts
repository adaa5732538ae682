import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, libraryFile, shells } from './fake-host.ts';

let host: FakeHost;
beforeEach(() => {
  host = debianHost();
});
afterEach(() => host.remove());

/** A host that has nothing else against it, on which that release runs, and which has those vhost-user servers. */
const having = (running: string, ports = ''): string => `. '${libraryFile('ovs-preflight')}'
  ovs_refusals() { echo 'the build 9-9 is not staged: none'; }
  ovs_running() { echo release=${running}; }
  ovs__vsctl() { printf '%s' '${ports}'; }`;

describe.each(shells)('under $shell', ({ command }) => {
  const objections = (running: string, wanted: string, ports = ''): readonly string[] =>
    host
      .sh(command, `${having(running, ports)}\novs_hot_objections /opt/ovsfleet/ovs/9-9 ${wanted}`)
      .stdout.split('\n')
      .filter((line) => line !== '');

  test('a later release may go onto a running one hot, staged or not', () => {
    expect(objections('3.1.0', '3.5.0')).toEqual([]);
    expect(objections('2.9.0', '2.17.12')).toEqual([]);
  });

  test.each([
    [
      'a release before 2.8, whose tools print flows that cannot be read back',
      '2.7.13',
      '2.17.12',
      /whose flows cannot be saved/,
    ],
    ['a downgrade, which drops what the older schema does not know', '3.5.0', '3.1.0', /would be a downgrade/],
    ['by numbers, not by letters', '3.10.1', '3.9.0', /would be a downgrade/],
  ])('against %s', (_, running, wanted, sentence) => {
    expect(objections(running, wanted)).toEqual([expect.stringMatching(sentence)]);
  });

  test("a kernel module of Open vSwitch's own keeps a host from 3.0, and from no restart of what runs with it", () => {
    host.write('sys/module/openvswitch/version', '2.17.12\n');
    expect(objections('2.17.12', '3.5.0')).toEqual([
      expect.stringMatching(/own 2\.17\.12, and 3\.5\.0 wants the kernel's/),
    ]);
    expect(objections('2.13.0', '2.17.12')).toEqual([]);
    expect(objections('3.1.0', '3.1.0')).toEqual([]);
  });

  test('a guest behind a vhost-user server is named by its port', () => {
    expect(objections('3.1.0', '3.5.0', 'vhu1')).toEqual([expect.stringMatching(/^port vhu1 is a vhost-user server/)]);
  });
});
