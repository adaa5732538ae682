import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Become } from '../../../src/become/become.ts';
import { type Passwords, passwords } from '../../../src/become/passwords.ts';
import { startAs } from '../../../src/become/start-as.ts';
import { localShells } from '../../../src/local/index.ts';
import type { Host } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/secret.ts';
import { secretBook } from '../../../src/shell/index.ts';
import { fakeClock } from '../../../src/testing/index.ts';

/** Stand in the place of sudo: both ask with the words they are given and read one line. */
const asking = 'while [ "$1" != -p ]; do shift; done; printf %s "$2" >&2; shift 4; read -r password;';
const programs = {
  answers: `#!/bin/sh\n${asking} exec "$@"\n`,
  mute: `#!/bin/sh\n${asking} exec sleep 600\n`,
} as const;

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-become-'));
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(directory, name), text);
    await chmod(join(directory, name), 0o700);
  }
});
afterAll(() => rm(directory, { recursive: true }));

const host = (name: string): Host => ({ name, address: name, port: 22, user: 'alice', groups: [], vars: {} });

/** Hosts that share one password; `came` resolves when a host has been asked for it and wants its turn. */
const fleet = () => {
  const clock = fakeClock();
  const shells = localShells({ directory: '/', env: process.env });
  const password = new Secret('open sesame');
  const all = passwords();
  const waiting = new Map<string, () => void>();
  const came = (name: string): Promise<void> => new Promise((resolve) => void waiting.set(name, resolve));
  const shared: Passwords = {
    turn: (secret, name) => {
      waiting.get(name)?.();
      return all.turn(secret, name);
    },
  };
  let nonces = 0;
  const start = async (name: string, program: keyof typeof programs, signal?: AbortSignal) => {
    const become: Become = { method: 'sudo', user: 'root', exe: [join(directory, program)], flags: [], password };
    nonces += 1;
    const nonce = String(nonces).padStart(16, '0');
    const services = { clock, nonce: () => nonce, passwords: shared, secrets: secretBook() };
    const options = signal === undefined ? {} : { signal };
    const session = await startAs(await shells.open(host(name)), become, 'cat', options, 'pipes', services);
    session.end();
    return (await session.ended).code;
  };
  return { clock, came, start };
};

const codeOf = (ended: Promise<unknown>): Promise<unknown> =>
  ended.catch((error: unknown) => (error instanceof Error && 'code' in error ? error.code : error));

test('a host that waits while another tries their password is not given up for that time', async () => {
  const { clock, came, start } = fleet();
  const firstCame = came('hv01');
  const first = codeOf(start('hv01', 'mute'));
  await firstCame;
  const secondCame = came('hv02');
  const second = codeOf(start('hv02', 'answers'));
  await secondCame;
  await clock.sleeper();
  clock.advance(60_000);
  expect(await first).toBe('become.silent');
  expect(await second).toBe(0);
});

test('a host that ends while it waits for its turn leaves it to the next', async () => {
  const { clock, came, start } = fleet();
  const gone = new AbortController();
  const comings = ['hv01', 'hv02', 'hv03'].map(came);
  const first = codeOf(start('hv01', 'mute'));
  await comings[0];
  const second = start('hv02', 'answers', gone.signal).catch((error: unknown) => error);
  await comings[1];
  const reason = new Error('interrupted');
  gone.abort(reason);
  expect(await second).toBe(reason);
  const third = codeOf(start('hv03', 'answers'));
  await comings[2];
  await clock.sleeper();
  clock.advance(60_000);
  expect(await first).toBe('become.silent');
  expect(await third).toBe(0);
});
