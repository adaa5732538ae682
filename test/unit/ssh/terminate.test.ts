import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { mark } from '../../../src/connection/remote-script.ts';
import { failure, transport } from './support/connecting.ts';
import { freePort, makeKey } from './support/sshd.ts';

test('an abort sends TERM to a program whose stdin is closed, before the session is closed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ovsfleet-terminate-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const key = await makeKey(join(directory, 'key'));
  const arrived: string[] = [];
  const port = await freePort();
  const debug = (line: string): void => {
    // What comes over the wire: ssh2's server itself overlooks a signal after the end of stdin.
    const [, what] = /Inbound: CHANNEL_(EOF|CLOSE|REQUEST \(r:0, signal: \w+)/.exec(line) ?? [];
    if (what !== undefined) {
      arrived.push(what);
    }
  };
  const server = new ssh2.Server({ hostKeys: [await readFile(key)], debug }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const stream = acceptExec();
        stream.resume();
        stream.on('end', () => stream.write(`${mark}ready\n`));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const knownHosts = join(directory, 'known_hosts');
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${await readFile(`${key}.pub`, 'utf8')}`);
  const connection = await transport().connect({
    name: 'hv01',
    address: '127.0.0.1',
    port,
    user: 'root',
    privateKeyFile: key,
    knownHostsFiles: [knownHosts],
    groups: [],
    vars: {},
  });

  const controller = new AbortController();
  const reason = new Error('Ctrl-C');
  const running = connection.run('sleep 1', { signal: controller.signal, onStdout: () => controller.abort(reason) });
  expect(await failure(running)).toBe(reason);
  await expect.poll(() => arrived, { timeout: 10_000 }).toEqual(['EOF', 'REQUEST (r:0, signal: TERM', 'CLOSE']);

  await connection.close();
  await new Promise((resolve) => server.close(resolve));
});
