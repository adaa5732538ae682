import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Connection, ConnectionFault, RunOptions } from '../model/ports.ts';
import type { FakeMachine } from './fake-machine.ts';

/** What is to go wrong with the links to a host. */
export interface Faults {
  /** How the next logins end; nothing is wrong with those after them. */
  logins: readonly ConnectionFault[];
  /** The link goes when a program has said this, or so many bytes, once; `then` is how the logins after that end. */
  cut: (({ readonly at: string } | { readonly after: number }) & { readonly then: readonly ConnectionFault[] }) | null;
  /** The link goes while a program that holds this is sent, once. */
  cutSending: string | null;
}

export const faultOf = (fault: ConnectionFault, host: Host): ConnectionError =>
  new ConnectionError(fault, {
    code: `ssh.${fault}`,
    message: `${host.name}: ${fault}.`,
    remedy: `ssh ${host.user}@${host.address} -p ${host.port} true`,
    facts: { host: host.name, address: host.address },
  });

/** The bytes up to where the link goes, or `null` when it holds. */
const before = (cut: Faults['cut'], said: Buffer): number | null => {
  if (cut === null) return null;
  if ('after' in cut) return said.length >= cut.after ? cut.after : null;
  const at = said.indexOf(cut.at);
  return at < 0 ? null : at + Buffer.byteLength(cut.at);
};

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A connection that can be broken. What runs over there then goes on, with nobody at the other end of its pipes. */
export interface FakeLink extends Connection {
  readonly lose: () => void;
}

export const fakeLink = (host: Host, machine: FakeMachine, faults: Faults): FakeLink => {
  const broken = new AbortController();
  const lose = (): void => broken.abort(faultOf('lost', host));

  const run = async (program: string, options: RunOptions = {}) => {
    broken.signal.throwIfAborted();
    options.signal?.throwIfAborted();
    if (faults.cutSending !== null && program.includes(faults.cutSending)) {
      faults.cutSending = null;
      lose();
      throw broken.signal.reason;
    }
    const child = machine.spawn(['sh', '-c', options.command ?? 'sh -s']);
    const hangUp = (): void => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
    };
    let said: Buffer = Buffer.alloc(0);
    const over = new AbortController();
    const stopped = new Promise<never>((_, reject) => {
      const stop = (reason: unknown): void => {
        hangUp();
        reject(reason);
      };
      const listening = { once: true, signal: over.signal };
      broken.signal.addEventListener('abort', () => stop(broken.signal.reason), listening);
      options.signal?.addEventListener(
        'abort',
        () => {
          if (options.holdStdin) child.stdin.end();
          else stop(options.signal?.reason);
        },
        listening,
      );
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const had = said.length;
      if (faults.cut !== null) said = Buffer.concat([said, chunk]);
      const whole = before(faults.cut, said);
      if (whole === null) {
        options.onStdout?.(chunk);
        return;
      }
      faults.logins = faults.cut?.then ?? [];
      faults.cut = null;
      options.onStdout?.(said.subarray(had, whole));
      lose();
    });
    child.stderr.on('data', (chunk: Buffer) => options.onStderr?.(chunk));
    child.stdin.on('error', () => {});
    if (options.holdStdin) child.stdin.write(program);
    else child.stdin.end(program);
    const closed = once(child, 'close').then(([code, signal]: readonly unknown[]) => ({
      code: typeof code === 'number' ? code : null,
      signal: typeof signal === 'string' ? signal : null,
    }));
    return await Promise.race([closed, stopped]).finally(() => over.abort());
  };

  return {
    host,
    run,
    async upload({ local, remote, sha256, mode, onProgress }) {
      broken.signal.throwIfAborted();
      const has = await machine.sh(`sha256sum <'${remote}' 2>/dev/null || echo none`);
      if (has.startsWith(sha256)) return false;
      const bytes = await readFile(local);
      const child = machine.spawn([
        ...['sh', '-c', `mkdir -p "\${1%/*}" && cat >"$1.part" && chmod "$2" "$1.part" && mv "$1.part" "$1"`],
        ...['sh', remote, mode],
      ]);
      child.stdin.end(bytes);
      await once(child, 'close');
      onProgress?.(bytes.length, bytes.length);
      return true;
    },
    async download(remote, local) {
      broken.signal.throwIfAborted();
      await mkdir(dirname(local), { recursive: true });
      const child = machine.spawn(['cat', remote]);
      await pipeline(child.stdout, createWriteStream(`${local}.part`));
      await rename(`${local}.part`, local);
      const bytes = await readFile(local);
      return { sha256: sha256Of(bytes), bytes: bytes.length };
    },
    close: async () => lose(),
    lose,
  };
};
