import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { openssh, problem, transport } from './support/connecting.ts';
import { peopled } from './support/people.ts';
import { type Sshd, startSshd } from './support/sshd.ts';
import { startTcp } from './support/tcp.ts';

const mounts = [
  // The tests' own files lie there too: the same directory, from which nothing may be executed.
  'mount --bind /tmp /tmp; mount -o remount,bind,noexec /tmp',
  'mkdir "$1/small"; mount -t tmpfs -o size=1m tmpfs "$1/small"',
].join('\n');

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd([], ['ed25519'], peopled([], undefined, mounts));
});
afterAll(() => sshd.stop());

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const file = async (name: string, size: number) => {
  const content = Buffer.alloc(size, 'ovsfleet ');
  const local = join(sshd.directory, name);
  await writeFile(local, content);
  return { content, local, sha256: sha256(content), mode: '0755' };
};

const printed = async (connection: Connection, program: string) => {
  let out = '';
  const exit = await connection.run(program, {
    onStdout: (chunk) => {
      out += Buffer.from(chunk).toString();
    },
  });
  return { out, code: exit.code };
};

test('where nothing in /tmp may be executed, all goes on', async () => {
  const connection = await transport().connect(sshd.host());
  const { content, ...script } = await file('script', 1000);
  const remote = join(sshd.directory, 'there');
  expect(await connection.upload({ ...script, remote })).toBe(true);
  expect(await printed(connection, `"${remote}" 2>/dev/null || echo "status $?"`)).toEqual({
    out: 'status 126\n',
    code: 0,
  });
  await connection.download(remote, join(sshd.directory, 'back'));
  expect(await readFile(join(sshd.directory, 'back'))).toEqual(content);
  await connection.close();
});

test('where the disk is full, an upload says so and leaves nothing, and programs still run', async () => {
  const connection = await transport().connect(sshd.host());
  const { content: _, ...upload } = await file('large', 3_000_000);
  const directory = join(sshd.directory, 'small');
  const { code, message } = await problem(connection.upload({ ...upload, remote: join(directory, 'file') }));
  expect(code).toBe('ssh.upload-failed');
  expect(message).toMatch(/file could not be written: .*No space left on device/);
  expect(await printed(connection, `ls -A "${directory}"; echo fine`)).toEqual({ out: 'fine\n', code: 0 });
  await connection.close();
});

/** Carries so many bytes a tenth of a second each way, as a slow line does, and no more than that at a time. */
const slowly = (from: Socket, to: Socket, bytes: number): void => {
  let waiting = Buffer.alloc(0);
  from.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (waiting.length > bytes) from.pause();
  });
  const beat = setInterval(() => {
    to.write(waiting.subarray(0, bytes));
    waiting = waiting.subarray(bytes);
    if (waiting.length <= bytes) from.resume();
  }, 100);
  from.on('close', () => {
    clearInterval(beat);
    to.destroy();
  });
};

describe.each([
  ['ssh2', () => transport()],
  ['ssh(1)', () => openssh()],
])('by %s', (_way, by) => {
  test('a line of 160 kB a second brings all, both ways at once', async () => {
    const line = await startTcp((client) => {
      const server = connect(sshd.port, '127.0.0.1');
      server.on('error', () => client.destroy());
      slowly(client, server, 16_000);
      slowly(server, client, 16_000);
    });
    onTestFinished(line.stop);
    const known = join(sshd.directory, `line-${line.port}`);
    await writeFile(known, `[127.0.0.1]:${line.port} ${await sshd.publicHostKey('ed25519')}\n`);
    const connection = await by().connect(sshd.host({ port: line.port, knownHostsFiles: [known] }));
    const { content, ...upload } = await file(`slow-${line.port}`, 120_000);
    const remote = join(sshd.directory, `slow-there-${line.port}`);
    const [sent, said] = await Promise.all([
      connection.upload({ ...upload, remote }),
      printed(connection, "head -c 120000 /dev/zero | tr '\\0' x"),
    ]);
    expect([sent, said.out.length, said.code]).toEqual([true, 120_000, 0]);
    expect(await readFile(remote)).toEqual(content);
    await connection.close();
  });
});
