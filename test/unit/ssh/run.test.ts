import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { failure, onThisMachine, openssh, problem, transport } from './support/connecting.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const timing = { abortGrace: 500, drain: 500 };
let sshd: Sshd;
let connection: Connection;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const printed = async (program: string, command?: string, on = connection) => {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const exit = await on.run(program, {
    ...(command === undefined ? {} : { command }),
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
  });
  return { ...exit, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
};

/** Starts a program that says `ready`; resolves then with what it will come to. */
const started = async (program: string, options: { readonly signal: AbortSignal; readonly holdStdin?: boolean }) => {
  let output = '';
  let ended: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    ended = connection.run(program, {
      ...options,
      onStdout: (chunk) => {
        output += Buffer.from(chunk).toString();
        if (output.includes('ready\n')) {
          resolve();
        }
      },
    });
    ended.catch(() => {});
  });
  return { ended: () => ended, output: () => output };
};

/** Whatever brings commands to a host, the same comes of them. */
describe.each([
  ['ssh2', () => transport({ timing }), 4, { code: null, signal: 'SIGKILL', out: '', err: '' }],
  [
    'ssh(1)',
    () => openssh({ timing: { ...timing, drain: 2_000 } }),
    4,
    { code: null, signal: 'a signal', out: '', err: '' },
  ],
  // A shell stands between, which tells it as shells do.
  ['this machine', () => onThisMachine(timing), 20, { code: 137, signal: null, out: '', err: 'Killed\n' }],
])('by %s', (_way, by, atOnce, killed) => {
  beforeAll(async () => {
    connection = await by().connect(sshd.host());
  });
  afterAll(() => connection.close());

  describe('a program', () => {
    test.each([
      ['prints to both streams', 'echo out; echo err >&2', { code: 0, signal: null, out: 'out\n', err: 'err\n' }],
      ['ends with its code', 'exit 7', { code: 7, signal: null, out: '', err: '' }],
      ['ends by a signal', 'kill -9 $$', killed],
      [
        'that is not understood says so',
        'nonsense',
        { code: 127, signal: null, out: '', err: expect.stringContaining('not found') },
      ],
      [
        'sees the end of its input',
        'cat; echo over',
        { code: 0, signal: null, out: expect.stringContaining('over'), err: '' },
      ],
    ])('%s', async (_, program, expected) => {
      expect(await printed(program)).toEqual(expected);
    });

    test('may print a megabyte to each stream at the same time', async () => {
      const megabyte = "head -c 1048576 /dev/zero | tr '\\0' x";
      const { out, err } = await printed(`{ ${megabyte}; } & { ${megabyte}; } >&2; wait`);
      expect([out.length, err.length]).toEqual([1_048_576, 1_048_576]);
    });

    test('may be a megabyte long', async () => {
      const text = 'line of a long program\n'.repeat(46_000);
      expect((await printed(text, 'sha256sum')).out).toBe(`${createHash('sha256').update(text).digest('hex')}  -\n`);
    });

    test('may end without reading the program that it is fed', async () => {
      expect(await printed('x'.repeat(8_000_000), 'exit 3')).toMatchObject({ code: 3 });
    });

    test('ends though a daemon that it started holds its output open', async () => {
      const { code, out } = await printed('sleep 600 & echo $!; exit 4');
      const daemon = Number(out);
      onTestFinished(() => void process.kill(daemon));
      expect(code).toBe(4);
      expect(() => process.kill(daemon, 0)).not.toThrow();
    });

    test('whose output cannot be handled fails alone', async () => {
      let calls = 0;
      const broken = connection.run('head -c 1000000 /dev/zero; cat', {
        onStdout: () => {
          calls += 1;
          throw new Error('the reader broke');
        },
      });
      expect(await failure(broken)).toEqual(new Error('the reader broke'));
      expect(await printed('echo still here')).toMatchObject({ out: 'still here\n' });
      expect(calls).toBe(1);
    });
  });

  describe('many programs on one connection', () => {
    test('all end, never more at a time than a connection bears', async () => {
      const busy = await mkdtemp(join(sshd.directory, 'busy'));
      const ends = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          printed(`cd ${busy}; mkdir ${index}; ls | wc -l; sleep 0.02; rmdir ${index}; echo program ${index}`),
        ),
      );
      expect(ends.map(({ out }) => out.split('\n')[1])).toEqual(ends.map((_, index) => `program ${index}`));
      expect(Math.max(...ends.map(({ out }) => Number(out.split('\n')[0])))).toBeLessThanOrEqual(atOnce);
    });
  });

  describe('an abort', () => {
    const reason = new Error('Ctrl-C');

    test('ends a program, with the reason', async () => {
      const controller = new AbortController();
      const program = await started('echo ready; sleep 20', { signal: controller.signal });
      controller.abort(reason);
      expect(await failure(program.ended())).toBe(reason);
    });

    test('ends a program before it started', async () => {
      expect(await failure(connection.run('true', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    });

    test('ends programs that wait for their turn, and the others go on', async () => {
      const controller = new AbortController();
      let ended = 0;
      const working = Array.from({ length: 4 }, async (_, index) => {
        const end = await printed(`sleep 0.2; echo ${index}`);
        ended += 1;
        return end;
      });
      const waiting = connection.run('true', { signal: controller.signal });
      controller.abort(reason);
      expect(await failure(waiting)).toBe(reason);
      expect(ended).toBe(0);
      expect((await Promise.all(working)).map(({ out }) => out)).toEqual(['0\n', '1\n', '2\n', '3\n']);
    });

    test('closes the stdin that was held open, and a program that then ends resolves', async () => {
      const controller = new AbortController();
      const program = await started('main() { echo ready; cat; echo bye; exit 5; }; main\n', {
        signal: controller.signal,
        holdStdin: true,
      });
      controller.abort(reason);
      expect(await program.ended()).toEqual({ code: 5, signal: null });
      expect(program.output()).toBe('ready\nbye\n');
    });

    test('does not wait long for a program that keeps on after its stdin was closed', async () => {
      const controller = new AbortController();
      const program = await started('main() { echo ready; sleep 20; }; main\n', {
        signal: controller.signal,
        holdStdin: true,
      });
      controller.abort(reason);
      expect(await failure(program.ended())).toBe(reason);
    });
  });
});

describe('sessions', () => {
  test('wait for a moment when the host has no session free', async () => {
    const small = await startSshd(['MaxSessions 2']);
    onTestFinished(small.stop);
    const narrow = await transport().connect(small.host());
    const ends = await Promise.all(
      Array.from({ length: 8 }, (_, index) => printed(`echo ${index}`, undefined, narrow)),
    );
    expect(ends.map(({ out }) => out)).toEqual(ends.map((_, index) => `${index}\n`));
    await narrow.close();
  });

  test('are refused by a host that allows no sessions', async () => {
    const closed = await startSshd(['MaxSessions 0']);
    onTestFinished(closed.stop);
    const mute = await transport().connect(closed.host());
    expect(await problem(mute.run('true'))).toMatchObject({
      fault: 'refused',
      code: 'ssh.session-refused',
      message: expect.stringMatching(/^hv01: 127\.0\.0\.1:\d+ refuses to open another session/),
    });
    await mute.close();
  });
});
