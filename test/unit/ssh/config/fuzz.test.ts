import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FleetError } from '../../../../src/model/error.ts';
import { asSettings, comparable, hopsIn, host, judged, resolved, settingsFrom } from './support.ts';

// A process a file: seconds where cores are free, minutes where they are not.
vi.setConfig({ testTimeout: 240_000 });

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-ssh-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const name = fc.constantFrom('hv01', 'hv02', 'hv1', 'HV01', 'db', 'hv01.example.org', '192.0.2.1');
const pattern = fc.oneof(
  name,
  fc.constantFrom('hv*', '*', 'hv0?', '*.example.org', '192.0.2.*', '?v01', 'hv01*', '**1'),
);
const negatable = fc.tuple(fc.boolean(), pattern).map(([negated, one]) => (negated ? `!${one}` : one));
const user = fc.constantFrom('ops', 'root', 'o.p-s');

const quotedOrNot = (word: string): fc.Arbitrary<string> => fc.constantFrom(word, `"${word}"`, `'${word}'`);
const gap = fc.constantFrom(' ', '  ', '\t', '=', ' = ', ' =');

const option: fc.Arbitrary<string> = fc
  .oneof(
    fc.tuple(fc.constant('Port'), fc.constantFrom('22', '2222', '"65535"')),
    fc.tuple(fc.constantFrom('User', 'user', 'USER'), user.chain(quotedOrNot)),
    fc.tuple(
      fc.constantFrom('HostName', 'hostname'),
      fc.constantFrom('%h', '%h.int', 'db', 'X.y', '192.0.2.9', 'a%%b'),
    ),
    fc.tuple(fc.constant('IdentityFile'), fc.constantFrom('/k/a', '~/b', '"/k/c"', 'none', '/k/d # comment')),
    fc.tuple(fc.constant('IdentitiesOnly'), fc.constantFrom('yes', 'no', 'True', 'FALSE')),
    fc.tuple(fc.constant('ConnectTimeout'), fc.constantFrom('5', '1m', '1m30s', 'none', '2h')),
    fc.tuple(fc.constant('ServerAliveInterval'), fc.constantFrom('0', '15', '2m')),
    fc.tuple(fc.constant('UserKnownHostsFile'), fc.constantFrom('/k/1', '/k/1 /k/2', '~/k', 'none', '/k/%h')),
    fc.tuple(fc.constant('StrictHostKeyChecking'), fc.constantFrom('yes', 'no', 'ask', 'accept-new', 'off')),
    fc.tuple(fc.constant('HostKeyAlias'), name),
    fc.tuple(fc.constant('SendEnv'), fc.constantFrom('LANG', 'LC_*', 'FOO BAR', 'BA?')),
    fc.tuple(fc.constant('SetEnv'), fc.constantFrom('A=1', 'A=2 B=3', '"C=d e"', 'A=')),
    fc.tuple(fc.constant('ProxyJump'), fc.constantFrom('none', 'jump', 'a@jump:7,other', 'one,two@jump')),
    fc.tuple(fc.constant('ForwardAgent'), fc.constantFrom('yes', '/a/b', '/c')),
    fc.tuple(fc.constant('AddressFamily'), fc.constantFrom('any', 'inet', 'inet6')),
  )
  .chain(([keyword, value]) => gap.map((space) => `${keyword}${space}${value}`));

const criterion = fc
  .oneof(
    fc.tuple(fc.constantFrom('host', 'originalhost'), fc.array(negatable, { minLength: 1, maxLength: 3 })),
    fc.tuple(
      fc.constantFrom('user', 'localuser'),
      fc.array(fc.constantFrom('ops', '!root', 'root', 'o*', '*'), { minLength: 1, maxLength: 2 }),
    ),
  )
  .chain(([kind, list]) => fc.constantFrom('', '', '!').map((not) => `${not}${kind} ${list.join(',')}`));

const head = fc.oneof(
  fc.array(negatable, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(' ')}`),
  fc.array(criterion, { minLength: 1, maxLength: 2 }).map((criteria) => `Match ${criteria.join(' ')}`),
  fc.constantFrom(
    'Match all',
    'Match final',
    'Match !final',
    'Match final host *.int',
    'Match canonical all',
    '# Host *',
    '',
  ),
);

const line = fc.oneof({ weight: 3, arbitrary: option }, { weight: 1, arbitrary: head });
const file = fc.array(line, { maxLength: 14 }).map((lines) => `${lines.join('\n')}\n`);

test('a file of any lines means what ssh -G says of it', async () => {
  const path = join(directory, 'config');
  await fc.assert(
    fc.asyncProperty(file, name, async (text, asked) => {
      await writeFile(path, text, { mode: 0o600 });
      const judgement = await judged(path, asked);
      const ours = resolved(path, asked);
      // A way through itself is an error of ours where it is one of ssh's later, when it connects.
      if (ours instanceof FleetError && ours.code === 'ssh.config-jump-loop') return;
      if (ours instanceof FleetError || judgement === null) {
        expect({ text, refused: ours instanceof FleetError ? ours.message : false }).toEqual({
          text,
          refused: judgement === null,
        });
        return;
      }
      expect({ text, ...comparable(ours) }).toEqual({ text, ...asSettings(judgement) });
      const hop = hopsIn(judgement.get('proxyjump')?.[0]).at(-1);
      if (hop === undefined || ours.jump === null) return;
      const next = await judged(path, hop.host, hop.words);
      if (next !== null) expect({ text, ...comparable(ours.jump) }).toEqual({ text, ...asSettings(next) });
    }),
    { seed: 20261122, numRuns: 100 },
  );
});

/** What ssh says of itself with -v before it connects by a command that ends at once. */
const spoken = (path: string, asked: string, env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      'ssh',
      ['-v', '-F', path, '--', asked, 'true'],
      { env: { ...env, PATH: process.env['PATH'] ?? '' } },
      (_error, _out, err) => resolve(err),
    );
  });

test.each([
  ['~/.ssh/%h_%p', 'the home and tokens'],
  ['/k/%n.%r.%u', 'the word on the command line and users'],
  ['%d/%i/%L', 'the home as a token, the uid and this machine'],
  ['/k/%l/%k', 'this machine in full and the alias of the key'],
  ['/k/100%%', 'a per cent sign'],
])('the path %s has %s put in place as ssh does it', async (written) => {
  const path = join(directory, 'tokens');
  await writeFile(
    path,
    `HostName %h.int\nUser ops\nPort 7\nHostKeyAlias alias\nIdentityFile ${written}\nProxyCommand false %h %n %p %r\n`,
    { mode: 0o600 },
  );
  const heard = await spoken(path, 'HV01', {});
  const ours = settingsFrom({ flags: { config: path } }).of(host('HV01'));
  expect(heard).toContain(`identity file ${ours.identityFiles[0]?.path} type`);
  expect(heard).toContain(`Executing proxy command: exec ${ours.proxyCommand}`);
  expect(ours.identityFiles[0]?.path).not.toMatch(/%[a-z]|~/);
});
