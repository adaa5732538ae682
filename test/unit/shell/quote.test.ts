import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FleetError } from '../../../src/model/error.ts';
import { quote, sh } from '../../../src/shell/index.ts';
import { runShell, shells } from './support/shells.ts';

/** Text that a shell could stumble over: all of Unicode but NUL, with the dangerous letters often. */
const hostile = fc
  .string({
    unit: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'\n\t\r \'"\\$`!*?[]{}()<>|&;#~=%-+@^\u0001\u0081\u007f') },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    ),
    maxLength: 30,
  })
  .filter((text) => !text.includes('\0'));

const awkward: readonly string[] = [
  '',
  '-n',
  '-e \\n',
  '--',
  '%s%d',
  "it's",
  "''",
  '$(touch /tmp/owned)',
  '`id`',
  '$HOME',
  '~',
  'a\nb\n\n',
  '\n',
  'a=b',
  '!!',
  'é→日本語😀',
  '\u0001' + '0\u0001',
  'x'.repeat(200_000),
];

/** The strings, as the shell handed them on to a command. */
const echoed = async (shell: (typeof shells)[number], program: string): Promise<readonly string[]> => {
  const ran = await runShell(shell, program);
  expect(ran.stderr).toBe('');
  return ran.stdout.toString('utf8').split('\0').slice(0, -1);
};

describe.each(shells)('$name', (shell) => {
  it('hands every awkward string on byte for byte', async () => {
    expect(await echoed(shell, awkward.map((text) => `printf '%s\\0' ${quote(text)}\n`).join(''))).toEqual(awkward);
  });

  it('hands any string on byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 60 }), async (texts) => {
        expect(await echoed(shell, `printf '%s\\0' ${texts.map(quote).join(' ')}\n`)).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });

  it('takes strings, lists and scripts in a template as they are, whatever stands in them', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, fc.array(hostile, { minLength: 1 }), hostile, async (one, list, inner) => {
        const script = sh`
          printf '%s\0' ${one}
          printf '%s\0' ${list}
          ${sh`printf '%s\0' ${inner}`}
        `;
        expect(await echoed(shell, `${script.text}\n`)).toEqual([one, ...list, inner]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('quote', () => {
  it.each([
    ['a path stays readable', '/opt/ovs-3.5.0/sbin', '/opt/ovs-3.5.0/sbin'],
    ['an empty string is still a word', '', "''"],
    ['a blank needs quotes', 'a b', "'a b'"],
    ['a quote within quotes', "it's", "'it'\\''s'"],
  ])('%s', (_, text, expected) => {
    expect(quote(text)).toBe(expected);
  });

  it('refuses a NUL byte, which no argument can hold, and says where to look', () => {
    expect(() => quote('a\0b')).toThrow(FleetError);
    expect(() => quote('a\0b')).toThrow(/NUL byte: "a\\u0000b"/);
  });
});
