import { describe, expect, test } from 'vitest';
import { hideSecretsOf } from '../../../src/cli/secrets-of-hosts.ts';
import type { Value } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/secret.ts';
import { secretBook } from '../../../src/shell/index.ts';

const shown = (vars: Readonly<Record<string, Value>>, said: string): string => {
  const secrets = secretBook();
  hideSecretsOf([{ name: 'hv01', address: 'hv01', port: 22, user: 'root', groups: [], vars }], secrets);
  return secrets.hide(said);
};

describe('what a host prints of its variables', () => {
  test.each<readonly [string, Readonly<Record<string, Value>>, string, string]>([
    ['is hidden when it is in a vault', { token: new Secret('a1b2c3d4') }, 'is a1b2c3d4', 'is ‹secret›'],
    [
      'is hidden when it is deep in a vault',
      { db: [{ password: new Secret('a1b2c3d4') }] },
      'is a1b2c3d4',
      'is ‹secret›',
    ],
    ['is hidden when it is a password', { ansible_password: 'horse' }, 'is horse', 'is ‹secret›'],
    ['is hidden when it is a password of digits', { ansible_become_pass: 123456 }, 'is 123456', 'is ‹secret›'],
    [
      'is hidden when it is a short password in a vault',
      { ansible_become_password: new Secret('horse') },
      'horse',
      '‹secret›',
    ],
    ['is told when it is a word of a vault', { device: new Secret('eth0') }, 'eth0 is up', 'eth0 is up'],
    ['is told when it is a number of a vault', { port: new Secret(6640) }, 'port 6640', 'port 6640'],
    ['is told when it is no secret', { site: 'frankfurt' }, 'frankfurt', 'frankfurt'],
    [
      'is told when nobody opened its vault',
      {
        token: new Secret(() => {
          throw new Error('closed');
        }),
      },
      'all is well',
      'all is well',
    ],
  ])('%s', (_, vars, said, told) => {
    expect(shown(vars, said)).toBe(told);
  });
});
