import { describe, expect, test } from 'vitest';
import { isAbandoned } from '../../../src/lab/destroy.ts';
import { layOut } from '../../../src/lab/fleet.ts';
import { identify, machineBootId } from '../../../src/lab/process-identity.ts';
import { type LabState, parseState } from '../../../src/lab/state.ts';

const state: LabState = {
  version: 1,
  name: 'demo',
  owner: { kind: 'kept' },
  bootId: machineBootId(),
  ready: true,
  hosts: layOut({ pkg31: 2, builder: 1 }),
};
const text = JSON.stringify(state);

describe("a lab's record", () => {
  test('reads back as it was written', () => {
    expect(parseState(text)).toEqual(state);
  });

  test.each([
    ['is empty', ''],
    ['was cut short', text.slice(0, -20)],
    ['was filled with zeros by a power cut', '\0'.repeat(100)],
    ['is of another version', JSON.stringify({ ...state, version: 2 })],
    ['lacks its hosts', JSON.stringify({ ...state, hosts: undefined })],
    ['names an owner of a kind that is unknown', JSON.stringify({ ...state, owner: { kind: 'me' } })],
    ['is another file', '[]'],
  ])('that %s is no record', (_, damaged) => {
    expect(parseState(damaged)).toBeUndefined();
  });
});

describe('a lab is cleaned away', () => {
  const self = identify(process.pid) ?? { pid: 0, startTime: '' };

  test.each<[string, Partial<LabState>, boolean]>([
    ['never while somebody keeps it', {}, false],
    ['never while its owner lives', { owner: { kind: 'process', ...self } }, false],
    ['when its owner is dead', { owner: { kind: 'process', pid: 0x3fffff, startTime: '1' } }, true],
    [
      'when another process has got the number of its owner',
      { owner: { kind: 'process', ...self, startTime: '1' } },
      true,
    ],
    ['when the machine was rebooted, kept or not', { bootId: 'another' }, true],
  ])('%s', (_, change, abandoned) => {
    expect(isAbandoned({ ...state, ...change })).toBe(abandoned);
  });
});
