import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { problem, transport } from './support/connecting.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

/** A connection, and the process that serves it. */
const connected = async (timing = {}): Promise<{ readonly connection: Connection; readonly server: number }> => {
  const before = await sshd.sessions();
  const connection = await transport({ timing }).connect(sshd.host());
  const [server] = (await sshd.sessions()).filter((pid) => !before.includes(pid));
  if (server === undefined) {
    throw new Error('no process serves the connection');
  }
  return { connection, server };
};

/** Calls back when the program has printed something. */
const whenRunning = (connection: Connection, program: string, then: () => void): Promise<unknown> =>
  connection.run(program, { onStdout: then });

test('a server that dies while a program runs is a lost link, for it and for those that wait', async () => {
  const { connection, server } = await connected();
  const problems = await Promise.all([
    problem(whenRunning(connection, 'echo ready; sleep 20', () => process.kill(server, 'SIGKILL'))),
    ...Array.from({ length: 5 }, () => problem(connection.run('sleep 20'))),
  ]);
  expect(problems.map(({ fault }) => fault)).toEqual(Array.from({ length: 6 }, () => 'lost'));
  expect(problems[0]?.message).toMatch(/^hv01: the connection to 127\.0\.0\.1:\d+ was lost.*may still run\.$/);
});

test('a server that dies after the exit status but before the end of the output is a lost link', async () => {
  const { connection, server } = await connected();
  const program = '{ sleep 0.1; echo late; sleep 20; } & exit 0';
  expect(await problem(whenRunning(connection, program, () => process.kill(server, 'SIGKILL')))).toMatchObject({
    fault: 'lost',
  });
});

test('nothing can be run on a link that was lost', async () => {
  const { connection, server } = await connected();
  await problem(whenRunning(connection, 'echo ready; sleep 20', () => process.kill(server, 'SIGKILL')));
  expect(await problem(connection.run('true'))).toMatchObject({ fault: 'lost' });
  await connection.close();
});

test('a server that stops answering is found by the keepalives', async () => {
  const { connection, server } = await connected({ keepalive: 60, keepaliveCount: 2 });
  const lost = await problem(whenRunning(connection, 'echo ready; sleep 20', () => process.kill(server, 'SIGSTOP')));
  process.kill(server, 'SIGKILL');
  expect(lost).toMatchObject({ fault: 'lost', message: expect.stringContaining('Keepalive timeout') });
});

test('a server that stops answering does not hold up the start of a program', async () => {
  const { connection, server } = await connected({ channelOpen: 100 });
  process.kill(server, 'SIGSTOP');
  const lost = await problem(connection.run('true'));
  process.kill(server, 'SIGKILL');
  expect(lost).toMatchObject({
    fault: 'lost',
    message: expect.stringContaining('did not open a session within 0.1 s'),
  });
});

test('a server that stops answering does not hold up the goodbye', async () => {
  const { connection, server } = await connected({ close: 50 });
  process.kill(server, 'SIGSTOP');
  await connection.close();
  process.kill(server, 'SIGKILL');
  expect(await problem(connection.run('true'))).toMatchObject({ fault: 'lost' });
});

test('closing ends what still runs, and may be said twice', async () => {
  const { connection } = await connected();
  let closed: Promise<void> | undefined;
  const running = problem(
    whenRunning(connection, 'echo ready; sleep 20', () => {
      closed = connection.close();
    }),
  );
  expect(await running).toMatchObject({ fault: 'lost' });
  await closed;
  await connection.close();
});
