import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { algorithms } from '../../../src/ssh/algorithms.ts';
import { fingerprint, judgeHostKey, knownKeysOf } from '../../../src/ssh/host-key.ts';
import { knownHostsName } from '../../../src/ssh/host-patterns.ts';
import { parseKnownHosts } from '../../../src/ssh/known-hosts.ts';
import { execute } from './support/sshd.ts';

const wire = (keyType: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(keyType.length);
  return Buffer.concat([length, Buffer.from(keyType), Buffer.from(body)]);
};
const ed25519 = wire('ssh-ed25519', 'the ed25519 key of the host');
const otherEd25519 = wire('ssh-ed25519', 'the ed25519 key of somebody');
const rsa = wire('ssh-rsa', 'the rsa key of the host');
const words = (key: Buffer): string =>
  `${key.toString('latin1', 4, 4 + key.readUInt32BE(0))} ${key.toString('base64')}`;

const namesOf = (address: string, port: number) => ({
  hostKeyName: knownHostsName(address, port),
  hostKeyBareName: port === 22 ? null : address,
});

/** What a known_hosts file says of a host that shows the ed25519 key above. */
const verdict = (text: string, address = 'hv01.example.org', port = 22): string => {
  const judged = judgeHostKey(
    knownKeysOf(namesOf(address, port), [parseKnownHosts('known_hosts', text)]),
    'ssh-ed25519',
    ed25519,
  );
  return judged.kind === 'changed' || judged.kind === 'revoked' ? `${judged.kind} ${judged.known.line}` : judged.kind;
};

describe('a host that shows its ed25519 key', () => {
  const key = words(ed25519);
  const other = words(otherEd25519);
  test.each([
    ['is unknown to an empty file', '', 'unknown'],
    ['is known by its name', `hv01.example.org ${key}`, 'known'],
    ['is known by its name in other case', `HV01.Example.ORG ${key}`, 'known'],
    ['is known by one of many names', `hv01,10.0.0.1,hv01.example.org ${key}`, 'known'],
    ['is known with a comment and spaces around', `\t hv01.example.org   ${key} root@hv01 since 2019 \r`, 'known'],
    ['is unknown by another name', `hv02.example.org ${key}`, 'unknown'],
    ['is unknown by a part of its name', `hv01 ${key}`, 'unknown'],
    ['is unknown when a dot would have to stand for a letter', `hv01xexample.org ${key}`, 'unknown'],
    ['is known by a pattern', `*.example.org ${key}`, 'known'],
    ['is known by a pattern for letters', `hv0?.example.org ${key}`, 'known'],
    ['is unknown when a pattern leaves it out', `*.example.org,!hv01.* ${key}`, 'unknown'],
    ['is unknown when a line has only what it leaves out', `!hv02.* ${key}`, 'unknown'],
    ['changed when the file has another key of that type', `# fleet\n\nhv01.example.org ${other}`, 'changed 3'],
    ['changed when the file has a key of another type alone', `hv01.example.org ${words(rsa)}`, 'changed 1'],
    [
      'is compared with the key of the same type',
      `hv01.example.org ${words(rsa)}\nhv01.example.org ${other}`,
      'changed 2',
    ],
    ['is known when one of several keys is its own', `hv01.example.org ${other}\nhv01.example.org ${key}`, 'known'],
    ['is revoked, known or not', `hv01.example.org ${key}\n@revoked * ${key}`, 'revoked 2'],
    ['is known though another key is revoked', `@revoked * ${other}\nhv01.example.org ${key}`, 'known'],
    ['is unknown to an authority for certificates', `@cert-authority *.example.org ${key}`, 'unknown'],
    ['is known though other lines are broken', `hv01.example.org\nhv01.example.org ${key}`, 'known'],
    ['is unknown by its port alone', `[hv01.example.org]:2222 ${key}`, 'unknown'],
  ])('%s', (_, text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  test.each([
    ['is known by name and port', `[hv01.example.org]:2222 ${key}`, 'known'],
    ['is known by the key of its name', `hv01.example.org ${key}`, 'known'],
    ['is unknown, not changed, by another key of its name', `hv01.example.org ${other}`, 'unknown'],
    [
      'changed when name and port have another key',
      `hv01.example.org ${key}\n[hv01.example.org]:2222 ${other}`,
      'changed 2',
    ],
    ['is known by a pattern with brackets', `[*.example.org]:2222 ${key}`, 'known'],
    ['is revoked by its name', `@revoked hv01.example.org ${key}\n[hv01.example.org]:2222 ${key}`, 'revoked 1'],
  ])('on port 2222 %s', (_, text, expected) => {
    expect(verdict(text, 'hv01.example.org', 2222)).toBe(expected);
  });
});

test.each([
  ['hv01', 'it has no host, key type and key'],
  [`hv01 ssh-rsa ${ed25519.toString('base64')}`, 'its key is not a whole ssh-rsa key'],
  ['hv01 ssh-ed25519 AAAA', 'its key is not a whole ssh-ed25519 key'],
  [`hv01 ssh-ed25519 ${ed25519.toString('base64')}!`, 'its key is not a whole ssh-ed25519 key'],
  [`|1|c2hvcnQ=|c2hvcnQ= ${words(ed25519)}`, 'its hashed host name is damaged'],
  [`|2|x ${words(ed25519)}`, 'its hashed host name is damaged'],
  [`@trusted hv01 ${words(ed25519)}`, 'unknown marker @trusted'],
])('the line %s is named as broken', (line, reason) => {
  expect(parseKnownHosts('f', `# first\n${line}\n`)).toEqual({ keys: [], broken: [{ file: 'f', line: 2, reason }] });
});

describe('as ssh-keygen sees it', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsfleet-known-hosts-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('hashed names are found, and no others', async () => {
    const file = join(directory, 'known_hosts');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    const key = (await readFile(join(directory, 'key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const plain = ['hv01.example.org', '10.0.0.1', '[hv02.example.org]:2222', '2001:db8::7', '[2001:db8::8]:22022'];
    await writeFile(file, plain.map((name) => `${name} ${key}\n`).join(''));
    await execute('ssh-keygen', ['-H', '-f', file]);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('hv01');
    const known = parseKnownHosts(file, text);
    for (const name of [...plain, 'hv02.example.org', '[hv01.example.org]:2222', '10.0.0.10', 'HV01.example.org']) {
      const judge = await execute('ssh-keygen', ['-F', name.toLowerCase(), '-f', file]).then(
        ({ stdout }) => stdout,
        () => '',
      );
      const lines = [...judge.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
      const [, address = name, port = '22'] = /^\[(.*)\]:(\d+)$/.exec(name) ?? [];
      expect([name, knownKeysOf(namesOf(address, Number(port)), [known]).trusted.map(({ line }) => line)]).toEqual([
        name,
        lines,
      ]);
    }
  });

  test('fingerprints are the same', async () => {
    await execute('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', join(directory, 'ecdsa')]);
    const [, encoded = ''] = (await readFile(join(directory, 'ecdsa.pub'), 'utf8')).split(' ');
    const { stdout } = await execute('ssh-keygen', ['-lf', join(directory, 'ecdsa.pub')]);
    expect(stdout.split(' ')[1]).toBe(fingerprint(Buffer.from(encoded, 'base64')));
  });
});

test.each([
  ['nothing is known', [], 'ssh-ed25519'],
  ['an RSA key is known', ['ssh-rsa'], 'rsa-sha2-512'],
  ['an ECDSA key is known', ['ecdsa-sha2-nistp384'], 'ecdsa-sha2-nistp384'],
  ['several are known', ['ssh-rsa', 'ecdsa-sha2-nistp256'], 'ecdsa-sha2-nistp256'],
])('when %s, the first host key algorithm that we ask for is %s', (_, known, first) => {
  const { serverHostKey, kex, hmac } = algorithms(
    { hostKey: null, kex: null, cipher: null, mac: null, publicKey: null },
    new Set(known),
  );
  expect(serverHostKey).toEqual(
    expect.arrayContaining(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256']),
  );
  expect(Array.isArray(serverHostKey) ? serverHostKey[0] : '').toBe(first);
  expect(JSON.stringify([serverHostKey, kex, hmac])).not.toMatch(/"ssh-rsa"|sha1|group-exchange/);
});
