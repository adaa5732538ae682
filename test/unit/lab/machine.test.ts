import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cable, type Image, identityScript, openMonitor, qemuCommand } from '../../../src/lab/index.ts';

const image: Image = {
  name: 'vmpkg',
  disk: '/cache/disk',
  kernel: '/cache/kernel',
  initrd: '/cache/initrd',
  release: '6.1.0-56-cloud-amd64',
  key: '/cache/key',
  hostKey: 'ssh-ed25519 AAAA',
  modules: '/cache/modules.tar.gz',
  brokenModules: '/cache/broken-modules.tar.gz',
};

const command = (
  cable: Cable,
  snapshot: string | null = null,
  kernelWords: readonly string[] = [],
  variables: string | null = null,
): string =>
  qemuCommand({
    image,
    disk: '/vm/disk',
    port: 40022,
    console: '/vm/console',
    monitor: '/vm/monitor',
    cable,
    kernelWords,
    variables,
    snapshot,
  }).join(' ');

describe('a machine', () => {
  const alone: Cable = { kind: 'none' };

  test('is emulated, also where /dev/kvm exists', () => {
    expect(command(alone)).toContain('-accel tcg');
    expect(command(alone)).not.toMatch(/kvm/);
  });

  test('is reached over loopback alone, and reaches nothing', () => {
    expect(command(alone)).toContain('user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:40022-:22');
  });

  test.each<[string, Cable, string]>([
    ['nothing', alone, 'hubport,id=n1'],
    ['a peer that calls', { kind: 'listens', socket: '/c' }, 'stream,id=n1,server=on,addr.type=unix,addr.path=/c'],
    ['a peer that listens', { kind: 'calls', socket: '/c' }, 'stream,id=n1,server=off,addr.type=unix,addr.path=/c'],
  ])('has its second card wired to %s', (_, cable, words) => {
    expect(command(cable)).toContain(words);
  });

  test('goes on from a snapshot only where it is told to', () => {
    expect(command(alone)).not.toContain('-loadvm');
    expect(command(alone, 'booted')).toMatch(/-loadvm booted$/);
  });

  test('has UEFI, with a store of variables of its own, only where it is told to', () => {
    expect(command(alone)).not.toContain('pflash');
    expect(command(alone, null, [], '/vm/variables')).toMatch(
      /pflash,unit=0,format=raw,readonly=on,file=\S+ -drive if=pflash,unit=1,format=qcow2,file=\/vm\/variables/,
    );
  });

  test('tells its kernel what a test wants it told', () => {
    expect(command(alone, null, ['module.sig_enforce=1'])).toMatch(/-append root=\S+ .* module\.sig_enforce=1 -drive/);
  });

  test('is given the time, a name and a card of its own: clones of a snapshot share all three', () => {
    const script = identityScript({ name: 'one', machineId: 'f'.repeat(32), number: 17 }, 1_800_000_000);
    for (const word of ['date -s @1800000000', 'hostname one', 'f'.repeat(32), '52:54:00:00:01:11', '192.168.32.17/24'])
      expect(script).toContain(word);
  });
});

describe('the monitor of a machine', () => {
  const greeting = { QMP: { version: {}, capabilities: [] } };
  let directory: string;
  let server: Server;
  let socket: string;

  /** Speaks as qemu does: events come between the question and its answer. */
  const speak = (answer: (command: string, line: string) => object | 'hang up'): void => {
    server = createServer((client: Socket) => {
      const send = (value: object): boolean => client.write(`${JSON.stringify(value)}\n`);
      send(greeting);
      createInterface({ input: client }).on('line', (text) => {
        const { execute, arguments: args } = JSON.parse(text);
        send({ event: 'RTC_CHANGE', data: {} });
        const said = answer(execute, args?.['command-line'] ?? '');
        if (said === 'hang up') client.destroy();
        else send(said);
      });
    });
    server.listen(socket);
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'monitor-'));
    socket = join(directory, 'socket');
  });
  afterEach(async () => {
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('answers each command with its own answer, past the events', async () => {
    speak((execute) => ({ return: execute }));
    const monitor = await openMonitor('vm', socket);
    const both = [monitor.execute('query-status'), monitor.execute('query-version')];
    expect(await Promise.all(both)).toEqual(['query-status', 'query-version']);
    monitor.close();
  });

  test('takes whatever the human monitor says for a refusal', async () => {
    speak((_, line) => ({ return: line === 'savevm good' ? '' : 'Error: no space\r\n' }));
    const monitor = await openMonitor('vm', socket);
    await monitor.line('savevm good');
    await expect(monitor.line('savevm bad')).rejects.toMatchObject({
      code: 'lab.machine-refused',
      message: 'the machine vm did not do "savevm bad": Error: no space',
    });
    monitor.close();
  });

  test('goes on after a command that was refused', async () => {
    speak((execute) => (execute === 'wrong' ? { error: { class: 'CommandNotFound' } } : { return: {} }));
    const monitor = await openMonitor('vm', socket);
    await expect(monitor.execute('wrong')).rejects.toThrow('CommandNotFound');
    expect(await monitor.execute('right')).toEqual({});
    monitor.close();
  });

  test('says so when the machine ends instead of answering', async () => {
    speak((execute) => (execute === 'quit' ? 'hang up' : { return: {} }));
    const monitor = await openMonitor('vm', socket);
    await expect(monitor.execute('quit')).rejects.toThrow('the machine vm did not do "quit": qemu has ended');
  });
});
