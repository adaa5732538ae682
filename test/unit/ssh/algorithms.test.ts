import { describe, expect, onTestFinished, test } from 'vitest';
import { algorithms } from '../../../src/ssh/algorithms.ts';
import { problem, transport } from './support/connecting.ts';
import { startSshd } from './support/sshd.ts';

const none = { hostKey: null, kex: null, cipher: null, mac: null, publicKey: null };

describe('of the ciphers that ssh_config names', () => {
  const ours = [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ];
  test.each([
    ['all of ours are offered where it names none', null, ours],
    [
      'those are offered, in its order, that ssh2 can do',
      'aes256-ctr,aes128-ocb@x,3des-cbc',
      ['aes256-ctr', '3des-cbc'],
    ],
    ['one with a plus comes after ours', '+3des-cbc,aes128-ctr', [...ours, '3des-cbc']],
    ['one with a caret comes before', '^aes256-ctr', ['aes256-ctr', ...ours.filter((name) => name !== 'aes256-ctr')]],
    [
      'those that a minus takes away, by patterns too, are left out',
      '-*-gcm@openssh.com,chacha*',
      ['aes128-ctr', 'aes256-ctr'],
    ],
  ])('%s', (_, cipher, expected) => {
    expect(algorithms({ ...none, cipher }, new Set()).cipher).toEqual(expected);
  });
});

describe('the host key that is asked for first', () => {
  test.each([
    ['is the one that is known', null, 'ecdsa-sha2-nistp256'],
    ['is the one that is known though more are allowed', '+ssh-rsa', 'ecdsa-sha2-nistp256'],
    ['is the one that ssh_config puts first', 'ssh-ed25519,ecdsa-sha2-nistp256', 'ssh-ed25519'],
  ])('%s', (_, hostKey, expected) => {
    const { serverHostKey } = algorithms({ ...none, hostKey }, new Set(['ecdsa-sha2-nistp256']));
    expect(Array.isArray(serverHostKey) ? serverHostKey[0] : serverHostKey).toBe(expected);
  });
});

test('a server of old is reached where ssh_config allows what it needs, and not otherwise', async () => {
  const sshd = await startSshd(
    ['KexAlgorithms diffie-hellman-group14-sha1', 'Ciphers aes128-cbc', 'MACs hmac-sha1', 'HostKeyAlgorithms ssh-rsa'],
    ['rsa'],
  );
  onTestFinished(() => sshd.stop());
  expect(await problem(transport().connect(sshd.host()))).toMatchObject({ code: 'ssh.protocol' });
  const old = {
    ...none,
    kex: '+diffie-hellman-group14-sha1',
    cipher: '+aes128-cbc',
    mac: '+hmac-sha1',
    hostKey: '+ssh-rsa',
  };
  const connection = await transport({ also: () => ({ algorithms: old }) }).connect(sshd.host());
  await connection.close();
});
