import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { openSecret, Secret } from '../../../src/model/secret.ts';
import { functionText, joined, sh, withInput } from '../../../src/shell/script.ts';
import { secretBook } from '../../../src/shell/secret-book.ts';

const open = (secret: Secret): string => String(openSecret(secret));

/** What a script prints when a real shell runs it as a batch would. */
const printed = (script: Parameters<typeof functionText>[1], shell = 'sh'): string =>
  spawnSync(shell, ['-s'], { input: `${functionText('f', script, open)}\nf\n`, encoding: 'utf8' }).stdout;

const odd = new Secret(`it's "$HOME" \`id\` ‹secret:0› \\n\ttwo\nlines`);

describe('a secret', () => {
  test.each(['dash', 'bash', 'busybox'])('reaches the stdin of a command as it is, by %s', (shell) => {
    const words = shell === 'busybox' ? ['busybox', ['sh', '-s']] : [shell, ['-s']];
    const input = `${functionText('f', withInput(odd, sh`cat; echo .`), open)}\nf\n`;
    expect(spawnSync(String(words[0]), [...(words[1] ?? [])], { input, encoding: 'utf8' }).stdout).toBe(
      `${open(odd)}.\n`,
    );
  });

  test('is not in the text of a script', () => {
    const script = sh`echo before; ${withInput(new Secret('hunter2'), sh`chpasswd`)}`;
    expect(JSON.stringify(script)).not.toContain('hunter2');
    expect(script.text).toContain('‹secret:0›');
  });

  test('each stays its own, wherever scripts are put together', () => {
    const one = withInput(new Secret('one'), sh`cat`);
    const two = withInput(new Secret('two'), sh`cat; ${one}`);
    expect(printed(sh`${two}; ${one}; ${two}`)).toBe('twooneonetwoone');
    expect(printed(joined([one, two, one], (text) => `{\n${text}\n}`, ' &&\n'))).toBe('onetwooneone');
  });

  test('cannot be a word of a command, which every user of a host can read', () => {
    const word: unknown = new Secret('hunter2');
    // @ts-expect-error: the type says so as well
    expect(() => sh`mysqladmin password ${word}`).toThrow(/cannot be a word of a command/);
  });

  test('in a text that nobody opens is a mistake, and not a mark that is run', () => {
    expect(() => functionText('f', withInput(odd, sh`cat`))).toThrow();
  });

  test.each(['dash', 'bash', 'busybox sh'])('is in no command line and in no environment, by %s', (shell) => {
    const canary = 'canary-8c1d9f';
    const look = sh`cat >/dev/null; for pid in $$ $PPID $(ps -e -o pid= 2>/dev/null || ps -o pid); do tr '\0' ' ' <"/proc/$pid/cmdline"; tr '\0' ' ' <"/proc/$pid/environ"; done 2>/dev/null`;
    const input = `${functionText('f', withInput(new Secret(canary), look), open)}\nf\n`;
    const [program = '', ...args] = shell.split(' ');
    const { stdout } = spawnSync(program, [...args, '-s'], { input, encoding: 'utf8' });
    expect(stdout.length).toBeGreaterThan(0);
    expect(stdout).not.toContain(canary);
  });
});

describe('what a host prints', () => {
  const book = secretBook();
  book.open(new Secret('correct horse'));
  book.open(new Secret('-----BEGIN KEY-----\nAAAAB3Nz\n-----END KEY-----\n'));
  book.open(new Secret('abc'));

  test.each([
    ['a secret', 'login with correct horse failed', 'login with ‹secret› failed'],
    ['a line of one that has several', 'bad line: AAAAB3Nz', 'bad line: ‹secret›'],
    ['none', 'all is well', 'all is well'],
    ['one that is as short as a word', 'abcdef', 'abcdef'],
    ['the beginning of one, and no more', 'correct ho', 'correct ho'],
  ])('is shown without it when it is %s', (_, said, shown) => {
    expect(book.hide(said)).toBe(shown);
  });

  test.each([1, 2, 5, 13])('is shown without it however it is cut up: %i characters at a time', (size) => {
    const said = 'x correct correct horse, correct horse battery correct hors';
    const hiding = book.hiding();
    let shown = '';
    for (let at = 0; at < said.length; at += size) shown += hiding.take(said.slice(at, at + size));
    expect(shown + hiding.rest()).toBe('x correct ‹secret›, ‹secret› battery correct hors');
  });

  test('is shown without any of two secrets that overlap', () => {
    const both = secretBook();
    both.open(new Secret('overlap'));
    both.open(new Secret('lapping'));
    expect(both.hide('overlapping, lapping overlap')).toBe('‹secret›, ‹secret› ‹secret›');
  });

  test('is searched for ten thousand secrets as for one', () => {
    const many = secretBook();
    for (let index = 0; index < 10_000; index += 1) many.open(new Secret(`password-of-hv${index}.`));
    expect(many.hide('it said password-of-hv9999. and password-of-hv10000.')).toBe(
      'it said ‹secret› and password-of-hv10000.',
    );
  });

  test('passes at once when it cannot be the beginning of a secret', () => {
    expect(book.hiding().take('compiling…')).toBe('compiling…');
  });
});

describe('what a host prints of a secret that it encoded', () => {
  const content = `p/w "it's" \\ $5 é+`;
  const encoders: readonly (readonly [string, string, ...string[]])[] = [
    ['base64', 'base64 -w0'],
    ['base64 of a line', '{ cat; echo; } | base64 -w0'],
    ['base64 of HTTP, after a name of 5', "{ printf 'root:'; cat; } | base64 -w0"],
    ['base64 of HTTP, after a name of 6', "{ printf 'admin:'; cat; } | base64 -w0"],
    ['base64 of HTTP, after a name of 7', "{ printf 'nobody:'; cat; printf :; } | base64 -w0"],
    ['base64 for URLs', "base64 -w0 | tr '+/' '-_'"],
    ['a URL, by Python', "python3 -c 'import sys,urllib.parse as u; print(u.quote(sys.stdin.read()))'"],
    ['a form, by Python', "python3 -c 'import sys,urllib.parse as u; print(u.quote_plus(sys.stdin.read()))'"],
    ['a URL, by JavaScript', `"${process.execPath}" -p 'encodeURIComponent(require("fs").readFileSync(0,"utf8"))'`],
    ['printf %q of bash', 'LC_ALL=C.UTF-8 bash -c \'x=$(cat); printf %q "$x"\''],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash that is to read it
    ['@Q of bash', 'LC_ALL=C.UTF-8 bash -c \'x=$(cat); printf %s "${x@Q}"\''],
    ['set -x of bash', 'LC_ALL=C.UTF-8 bash -c \'x=$(cat); set -x; : "$x"\' 2>&1'],
    ['set -x of dash', 'LC_ALL=C.UTF-8 dash -c \'x=$(cat); set -x; : "$x"\' 2>&1'],
    ['quote of Python', "python3 -c 'import sys,shlex; print(shlex.quote(sys.stdin.read()))'"],
    ['JSON, by JavaScript', `"${process.execPath}" -p 'JSON.stringify(require("fs").readFileSync(0,"utf8"))'`],
    ['JSON, by Python', "python3 -c 'import sys,json; print(json.dumps(sys.stdin.read()))'"],
  ];

  test.each(encoders)('is hidden: %s', (_, command) => {
    const book = secretBook();
    book.open(new Secret(content));
    const { stdout } = spawnSync('sh', ['-c', command], { input: content, encoding: 'utf8' });
    expect(stdout.length).toBeGreaterThan(content.length);
    const shown = book.hide(stdout);
    expect(shown).toContain('‹secret›');
    // Of base64 a character on either side may be left, which is shared with what stands there.
    const left = shown.replace('‹secret›', '');
    expect(stdout.length - left.length).toBeGreaterThanOrEqual(content.length);
  });

  test('is shown where the secret is as short as a word', () => {
    const book = secretBook();
    book.open(new Secret('horse'));
    expect(book.hide('horse aG9yc2U=')).toBe('‹secret› aG9yc2U=');
  });
});
