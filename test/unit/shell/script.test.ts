import { describe, expect, it } from 'vitest';
import { type Script, sh, using } from '../../../src/shell/index.ts';

describe('sh', () => {
  it.each<[string, Script, string]>([
    ['one line stays as written', sh`ls -l /opt`, 'ls -l /opt'],
    ['a string is one word', sh`rm -f ${'/tmp/a b'}`, "rm -f '/tmp/a b'"],
    ['a list is one word an item', sh`ls ${['a', 'b c']}`, "ls a 'b c'"],
    ['an empty list is nothing', sh`ls ${[]}`, 'ls '],
    ['a number goes in as it is', sh`sleep ${1.5}`, 'sleep 1.5'],
    ['a script goes in as it is', sh`if ${sh`test -e /x`}; then echo y; fi`, 'if test -e /x; then echo y; fi'],
    ['backslashes stay as written', sh`printf 'a\n'`, "printf 'a\\n'"],
    [
      'a value that looks like the mark of another is only a value',
      sh`echo ${'\u00011\u0001'} ${'second'}`,
      "echo '\u00011\u0001' second",
    ],
    ['a value that looks like a replacement pattern is only a value', sh`echo ${'$& $1'}`, "echo '$& $1'"],
  ])('%s', (_, script, text) => {
    expect(script.text).toBe(text);
  });

  it('takes away the indentation that all lines share, and the blank first and last line', () => {
    const script = sh`
      if true; then
        echo deeper

      fi
    `;
    expect(script.text).toBe('if true; then\n  echo deeper\n\nfi');
  });

  it('keeps the spaces of values that span lines', () => {
    const script = sh`
      cat <<'END'
      ${{ text: '  kept\n      as it is', libraries: [] }}
      END
    `;
    expect(script.text).toBe("cat <<'END'\n  kept\n      as it is\nEND");
  });

  it('calls the libraries of all scripts in it, each once and in their order', () => {
    const inner = using(['base', 'layout'], sh`layout`);
    expect(using(['base'], sh`a; ${inner}; ${inner}`).libraries).toEqual(['base', 'layout']);
  });
});
