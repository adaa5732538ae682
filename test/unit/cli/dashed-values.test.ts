import { expect, test } from 'vitest';
import { withDashedValues } from '../../../src/cli/dashed-values.ts';

test.each([
  ['is one word with its flag', ['ping', '--ssh-common-args', '-C'], ['ping', '--ssh-common-args=-C']],
  [
    'is one word with its flag, whatever is in it',
    ['ping', 'all', '--ssh-extra-args', "-o 'A=b c' -J x", '-v'],
    ['ping', 'all', "--ssh-extra-args=-o 'A=b c' -J x", '-v'],
  ],
  ['is left as it is where it is one word', ['--ssh-common-args=-C', '-v'], ['--ssh-common-args=-C', '-v']],
  ['is missing at the end', ['ping', '--ssh-common-args'], ['ping', '--ssh-common-args']],
  [
    'is another program’s behind two dashes',
    ['exec', 'all', '--', 'x', '--ssh-common-args', '-C'],
    ['exec', 'all', '--', 'x', '--ssh-common-args', '-C'],
  ],
])('a value that begins with a dash %s', (_, typed, meant) => {
  expect(withDashedValues(typed)).toEqual(meant);
});
