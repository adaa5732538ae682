import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { sshTransport } from '../../../src/ssh/index.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

let sshd: Sshd;
let connection: Connection;

beforeAll(async () => {
  sshd = await startSshd();
  connection = await sshTransport({ home: sshd.directory, agentSocket: undefined, random: () => 0.5 }).connect(
    sshd.host(),
  );
});
afterAll(async () => {
  await connection.close();
  await sshd.stop();
});

const printed = async (program: string, command?: string) => {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const exit = await connection.run(program, {
    ...(command === undefined ? {} : { command }),
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
  });
  return { exit, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
};

describe('a program', () => {
  test.each([
    [
      'prints to both streams',
      'echo out; echo err >&2',
      { exit: { code: 0, signal: null }, out: 'out\n', err: 'err\n' },
    ],
    ['ends with its code', 'exit 7', { exit: { code: 7, signal: null }, out: '', err: '' }],
    ['ends by a signal', 'kill -9 $$', { exit: { code: null, signal: 'SIGKILL' }, out: '', err: '' }],
    [
      'that is not understood says so',
      'nonsense-command',
      { exit: { code: 127, signal: null }, out: '', err: expect.stringContaining('not found') },
    ],
  ])('%s', async (_, program, expected) => {
    expect(await printed(program)).toEqual(expected);
  });

  test('may be fed to another command', async () => {
    expect(await printed('a b c', 'wc -w')).toEqual({ exit: { code: 0, signal: null }, out: '3\n', err: '' });
  });
});
