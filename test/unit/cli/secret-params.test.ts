import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { withSecrets } from '../../../src/cli/secret-params.ts';
import { HIDDEN, openSecret, Secret } from '../../../src/model/secret.ts';
import { type GivenParam, param, resolveParams } from '../../../src/playbook/params.ts';

const specs = { token: param.secret('of the monitoring'), note: param.string('a note', { default: '' }) };
const file = join(mkdtempSync(join(tmpdir(), 'ovsfleet-secret-')), 'token');

const told = async (flags: readonly string[], given: Readonly<Record<string, GivenParam>> = {}) => {
  const { typed, plain } = resolveParams(specs, await withSecrets(flags, given, specs));
  return { token: openSecret(typed.token), shown: JSON.stringify(plain) };
};

const refusal = async (flags: readonly string[], given: Readonly<Record<string, GivenParam>> = {}) => {
  const error = await told(flags, given).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error.message;
};

afterEach(() => {
  delete process.env['SOME_TOKEN'];
});

describe('a secret parameter', () => {
  test('comes from a file, without the newline at its end', async () => {
    writeFileSync(file, 'of a file \n');
    expect(await told([`token=file:${file}`])).toEqual({
      token: 'of a file ',
      shown: `{"token":"${HIDDEN}","note":""}`,
    });
  });

  test('comes from a variable, which is taken out of the environment', async () => {
    process.env['SOME_TOKEN'] = 'of the environment';
    expect((await told(['token=env:SOME_TOKEN'])).token).toBe('of the environment');
    expect(process.env['SOME_TOKEN']).toBeUndefined();
    expect((await told(['token=env:SOME_TOKEN'])).token).toBe('of the environment');
  });

  test.each([
    ['a vault', new Secret('v'), 'v'],
    ['a plain value of the inventory', 'plain', 'plain'],
    ['a number', 1234, '1234'],
  ])('comes from %s, and is shown to nobody all the same', async (_, value, token) => {
    const given = { token: { value, from: 'ovsfleet_params, hosts.yaml:3' } };
    expect(await told([], given)).toEqual({ token, shown: `{"token":"${HIDDEN}","note":""}` });
  });

  test('of a file of parameters is none in a command line', async () => {
    expect((await told([], { token: { value: 'x', from: '-e @secrets.yaml' } })).token).toBe('x');
  });

  test('named with --secret wins over the inventory', async () => {
    writeFileSync(file, 'new');
    const given = { token: { value: 'old', from: 'ovsfleet_params, hosts.yaml:3' } };
    expect((await told([`token=file:${file}`], given)).token).toBe('new');
  });

  test.each([
    ['with -e', [], { token: { value: 'hunter2', from: '-e token=hunter2' } }, /given with -e, and every user/],
    ['in JSON with -e', [], { token: { value: 'hunter2', from: '-e {"token":"hunter2"}' } }, /given with -e/],
    ['itself in the place of where it is', ['token=hunter2'], {}, /where the secret is, and not what it is/],
  ])('is refused %s, and not said again', async (_, flags, given, because) => {
    const message = await refusal(flags, given);
    expect(message).toMatch(because);
    expect(message).not.toContain('hunter2');
  });

  test('that is missing says how it can be given', async () => {
    expect(await refusal([])).toContain(
      '"token" is missing: of the monitoring (secret: --secret token=file:PATH, token=env:VARIABLE or token=prompt)',
    );
  });

  test.each([
    ['a file that is not there', 'token=file:/nowhere/token', /\/nowhere\/token cannot be read \(ENOENT\)/],
    ['a variable that is not set', 'token=env:NOT_SET', /the environment has no NOT_SET/],
    ['a parameter that is no secret', 'note=file:/x', /no secret parameter of that name/],
  ])('is refused with what is wrong: %s', async (_, flag, because) => {
    expect(await refusal([flag])).toMatch(because);
  });
});
