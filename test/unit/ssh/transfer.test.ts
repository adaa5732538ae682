import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { failure, onThisMachine, openssh, problem, transport } from './support/connecting.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

let sshd: Sshd;
let connection: Connection;
let count = 0;
/** One directory a test. */
let directory = '';

const megabytes = (size: number): Buffer => Buffer.alloc(size * 1_048_576, 'ovsfleet ');
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

beforeAll(async () => {
  sshd = await startSshd();
});
beforeEach(async () => {
  count += 1;
  directory = join(sshd.directory, `transfer ${count}`);
  await mkdir(directory);
});
afterAll(() => sshd.stop());

const source = async (content: Buffer) => {
  const local = join(directory, 'local');
  await writeFile(local, content);
  return { local, remote: join(directory, "there's/a new/file"), sha256: sha256(content), mode: '0640' };
};

const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o7777).toString(8);

/** Whatever brings files to a host, the same comes of them. */
describe.each([
  ['ssh2', () => transport()],
  ['ssh(1)', () => openssh()],
  ['this machine', () => onThisMachine()],
])('by %s', (_way, by) => {
  beforeAll(async () => {
    connection = await by().connect(sshd.host());
  });
  afterAll(() => connection.close());

  describe('an upload', () => {
    test.each([
      ['of nothing', Buffer.alloc(0)],
      ['of bytes of all values', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
      ['of more than a window', megabytes(9)],
    ])('%s arrives whole, with its mode, in a directory that it makes', async (_, content) => {
      const upload = await source(content);
      expect(await connection.upload(upload)).toBe(true);
      expect((await readFile(upload.remote)).equals(content)).toBe(true);
      expect([await mode(upload.remote), await mode(dirname(upload.remote))]).toEqual(['640', '755']);
      expect(await readdir(dirname(upload.remote))).toEqual(['file']);
    });

    test('says how far it is', async () => {
      const upload = await source(megabytes(1));
      const progress: number[][] = [];
      await connection.upload({ ...upload, onProgress: (...step) => progress.push(step) });
      expect(progress.at(-1)).toEqual([1_048_576, 1_048_576]);
      expect(progress.length).toBeGreaterThan(1);
    });

    test('of what the host has sends nothing, and only puts the mode right', async () => {
      const upload = await source(megabytes(1));
      await connection.upload(upload);
      const before = (await stat(upload.remote)).ino;
      const progress: number[] = [];
      expect(await connection.upload({ ...upload, mode: '0755', onProgress: (sent) => progress.push(sent) })).toBe(
        false,
      );
      expect([(await stat(upload.remote)).ino, await mode(upload.remote), progress]).toEqual([before, '755', []]);
    });

    test('of a file that is not the one meant leaves what was there', async () => {
      const upload = await source(Buffer.from('new'));
      await mkdir(dirname(upload.remote), { recursive: true });
      await writeFile(upload.remote, 'old');
      expect(await problem(connection.upload({ ...upload, sha256: sha256(Buffer.from('other')) }))).toMatchObject({
        code: 'ssh.upload-differs',
        remedy: `sha256sum '${upload.local}'`,
      });
      expect(await readFile(upload.remote, 'utf8')).toBe('old');
      expect(await readdir(dirname(upload.remote))).toEqual(['file']);
    });

    test.each([
      [
        'where nothing can be written',
        '/proc/ovsfleet/file',
        /^hv01: \/proc\/ovsfleet\/file could not be written: mkdir: /,
      ],
      ['on a directory', '/tmp', /^hv01: \/tmp could not be written: \/tmp: is a directory/],
    ])('%s says why', async (_, remote, message) => {
      const upload = await source(megabytes(3));
      expect(await problem(connection.upload({ ...upload, remote }))).toMatchObject({
        code: 'ssh.upload-failed',
        message: expect.stringMatching(message),
      });
    });

    test('of a file that cannot be read to its end says so, and leaves nothing', async () => {
      const upload = await source(Buffer.from('x'));
      expect(await problem(connection.upload({ ...upload, local: directory }))).toMatchObject({
        code: 'ssh.upload-source',
      });
      await expect.poll(() => readdir(dirname(upload.remote)), { timeout: 3_000 }).toEqual([]);
    });

    test('of a file that does not exist says so', async () => {
      expect(
        await problem(connection.upload({ local: '/nonexistent', remote: '/tmp/x', sha256: '', mode: '0644' })),
      ).toMatchObject({
        code: 'ssh.upload-source',
        message: expect.stringContaining('/nonexistent cannot be sent'),
      });
    });
  });

  describe('a download', () => {
    test.each([
      ['nothing', Buffer.alloc(0)],
      ['five megabytes', megabytes(5)],
    ])('of %s arrives whole, for the owner alone, with its sha256', async (_, content) => {
      const remote = join(directory, 'remote');
      const local = join(directory, 'new/local');
      await writeFile(remote, content);
      expect(await connection.download(remote, local)).toEqual({ sha256: sha256(content), bytes: content.length });
      expect((await readFile(local)).equals(content)).toBe(true);
      expect([await mode(local), await readdir(dirname(local))]).toEqual(['600', ['local']]);
    });

    test('of a file that is not there says so, and leaves what was here', async () => {
      const local = join(directory, 'local');
      await writeFile(local, 'old');
      expect(await problem(connection.download('/nonexistent/file', local))).toMatchObject({
        code: 'ssh.download-failed',
        message: expect.stringMatching(/^hv01: \/nonexistent\/file could not be read: .*(No such file|cannot open)/),
      });
      expect([await readFile(local, 'utf8'), await readdir(directory)]).toEqual(['old', ['local']]);
    });

    test('of a file that changes meanwhile is not kept', async () => {
      expect(
        await problem(connection.download('/proc/sys/kernel/random/uuid', join(directory, 'local'))),
      ).toMatchObject({
        code: 'ssh.download-differs',
      });
      expect(await readdir(directory)).toEqual([]);
    });

    test('to where nothing can be written says so', async () => {
      const remote = join(directory, 'remote');
      await writeFile(remote, megabytes(1));
      expect(await problem(connection.download(remote, '/proc/ovsfleet'))).toMatchObject({
        code: 'ssh.download-target',
      });
    });
  });
});

test('a download that is interrupted ends with the reason and leaves nothing', async () => {
  const remote = join(directory, 'large');
  await writeFile(remote, '');
  await truncate(remote, 2 ** 30);
  const patient = await transport().connect(sshd.host());
  const interrupted = new AbortController();
  const reason = new Error('interrupted');
  const local = join(directory, 'new/local');
  const fetching = failure(patient.download(remote, local, interrupted.signal));
  await expect.poll(() => readdir(directory), { timeout: 10_000 }).toContain('new');
  interrupted.abort(reason);
  expect(await fetching).toBe(reason);
  expect(await readdir(dirname(local))).toEqual([]);
  await patient.close();
});

describe('an upload', () => {
  test('cut off in the middle leaves what was there, and nothing else', async () => {
    const upload = await source(megabytes(24));
    await mkdir(dirname(upload.remote), { recursive: true });
    await writeFile(upload.remote, 'old');
    const before = await sshd.sessions();
    const doomed = await transport().connect(sshd.host());
    const [session] = (await sshd.sessions()).filter((pid) => !before.includes(pid));
    let killed = false;
    const cut = doomed.upload({
      ...upload,
      onProgress: (sent) => {
        if (sent > 4_000_000 && !killed && session !== undefined) {
          killed = true;
          process.kill(session, 'SIGKILL');
        }
      },
    });
    expect(await problem(cut)).toMatchObject({ fault: 'lost' });
    await expect.poll(() => readdir(dirname(upload.remote)), { timeout: 3_000 }).toEqual(['file']);
    expect(await readFile(upload.remote, 'utf8')).toBe('old');
  });

  test('that is interrupted ends with the reason, leaves what was there, and nothing else', async () => {
    const upload = await source(megabytes(24));
    await mkdir(dirname(upload.remote), { recursive: true });
    await writeFile(upload.remote, 'old');
    const patient = await transport().connect(sshd.host());
    const interrupted = new AbortController();
    const reason = new Error('interrupted');
    const cut = patient.upload({
      ...upload,
      signal: interrupted.signal,
      onProgress: (sent) => {
        if (sent > 4_000_000) interrupted.abort(reason);
      },
    });
    expect(await failure(cut)).toBe(reason);
    await expect.poll(() => readdir(dirname(upload.remote)), { timeout: 10_000 }).toEqual(['file']);
    expect(await readFile(upload.remote, 'utf8')).toBe('old');
    await patient.close();
  });

  test('to a full disk ends early, and leaves nothing', async () => {
    const full = await startSshd(['ForceCommand ulimit -f 2000; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"']);
    onTestFinished(full.stop);
    const elsewhere = await transport().connect(full.host());
    const upload = await source(megabytes(24));
    let sent = 0;
    const failed = elsewhere.upload({
      ...upload,
      onProgress: (bytes) => {
        sent = bytes;
      },
    });
    expect(await problem(failed)).toMatchObject({ code: 'ssh.upload-failed' });
    expect(sent).toBeLessThan(12_000_000);
    expect(await readdir(dirname(upload.remote))).toEqual([]);
    await elsewhere.close();
  });

  test('has its modes whatever the umask of the login', async () => {
    const odd = await startSshd(['ForceCommand umask 077; exec env -i /bin/sh -c "$SSH_ORIGINAL_COMMAND"']);
    onTestFinished(odd.stop);
    const elsewhere = await transport().connect(odd.host());
    const upload = await source(Buffer.from('x'));
    expect(await elsewhere.upload(upload)).toBe(true);
    expect([await mode(upload.remote), await mode(dirname(upload.remote))]).toEqual(['640', '755']);
    await elsewhere.close();
  });
});
