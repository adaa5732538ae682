import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { needsOpenssh } from '../../../src/ssh/index.ts';
import { plainSettings } from './support/connecting.ts';
import { makeKey } from './support/sshd.ts';

const field = (content: string | Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(content)]);
};

/** As much of a private key file as tells its type (PROTOCOL.key of OpenSSH). */
const keyOf = (type: string): string => {
  const one = Buffer.from([0, 0, 0, 1]);
  const parts = [Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), one, field(field(type))];
  const text = Buffer.concat(parts).toString('base64');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

test('a key of a FIDO token is left to ssh(1), though no .pub tells of it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ovsfleet-key-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const why = async (privateKeyFile: string): Promise<string | undefined> => {
    const host = { name: 'hv01', address: '192.0.2.7', port: 22, user: 'ops', privateKeyFile, groups: [], vars: {} };
    return await needsOpenssh()(host, plainSettings('/nonexistent', undefined)(host));
  };
  const token = join(directory, 'token');
  await writeFile(token, keyOf('sk-ssh-ed25519@openssh.com'));
  expect(await why(token)).toBe(`${token} is a key of a FIDO token`);
  const usual = await makeKey(join(directory, 'usual'));
  await rm(`${usual}.pub`);
  expect(await why(usual)).toBeUndefined();
  await writeFile(join(directory, 'no-key'), 'hello');
  expect(await why(join(directory, 'no-key'))).toBeUndefined();
});
