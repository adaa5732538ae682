import { expect, test } from 'vitest';
import { paramTexts } from '../../../src/model/param-text.ts';

test.each([
  ['a text', { version: '3.5.0' }, ['version=3.5.0']],
  ['nothing that was left out', { window: null, note: '' }, []],
  [
    'a source as it was given',
    { source: { given: 'ovs-3.5.0.tar.gz', file: '/srv/ovs-3.5.0.tar.gz', sha256: 'ab', configure: 'there' } },
    ['source=ovs-3.5.0.tar.gz'],
  ],
  ['a list', { hosts: ['a', 'b'] }, ['hosts=["a","b"]']],
  [
    'a long list by its beginning',
    { hosts: Array.from({ length: 99 }, (_, n) => n) },
    [expect.stringMatching(/^hosts=\[0,1,.{70,80}…$/)],
  ],
])('the first line of a run tells %s', (_, params, told) => {
  expect(paramTexts(params)).toEqual(told);
});
