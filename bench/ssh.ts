/** How long connecting, running and moving files take against an sshd on this machine: `npx jiti bench/ssh.ts`. */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transportOver } from '../src/connection/index.ts';
import { sshSettings, sshShells } from '../src/ssh/index.ts';
import { startSshd } from '../test/unit/ssh/support/sshd.ts';

const megabytes = 128;

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** One after the other, sorted. */
const times = async (count: number, work: () => Promise<unknown>): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    all.push(await elapsed(work));
  }
  return all.sort((a, b) => a - b);
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const row = (what: string, sorted: readonly number[], rate = ''): void =>
  console.log(
    `${what.padEnd(36)}${[0, 0.5, 0.95].map((share) => `${quantile(sorted, share).toFixed(1)} ms`.padStart(12)).join('')}  ${rate}`,
  );

const speed = (sorted: readonly number[]): string => `${((megabytes / quantile(sorted, 0.5)) * 1000).toFixed(0)} MB/s`;

const sshd = await startSshd();
try {
  const settings = sshSettings({
    home: sshd.directory,
    localUser: 'nobody',
    uid: 0,
    localHost: 'controller',
    env: {},
    flags: { config: 'none' },
  });
  const transport = transportOver(sshShells({ settings: settings.of, random: Math.random }));
  const host = sshd.host();
  const connection = await transport.connect(host);
  console.log(`${''.padEnd(36)}${['min', 'p50', 'p95'].map((name) => name.padStart(12)).join('')}`);

  row('connect and close', await times(30, async () => (await transport.connect(host)).close()));
  row('run "true"', await times(100, () => connection.run('true')));
  row(
    '20 × run "true" together',
    await times(10, () => Promise.all(Array.from({ length: 20 }, () => connection.run('true')))),
  );

  const local = join(sshd.directory, 'local');
  const remote = join(sshd.directory, 'remote');
  const content = Buffer.alloc(megabytes * 1e6, 'ovsfleet ');
  await writeFile(local, content);
  const upload = { local, remote, sha256: createHash('sha256').update(content).digest('hex'), mode: '0644' };
  const sent = await times(5, async () => {
    await rm(remote, { force: true });
    await connection.upload(upload);
  });
  row(`upload of ${megabytes} MB`, sent, speed(sent));
  const skipped = await times(5, () => connection.upload(upload));
  row('upload of what is there', skipped, speed(skipped));
  const fetched = await times(5, () => connection.download(remote, join(sshd.directory, 'fetched')));
  row(`download of ${megabytes} MB`, fetched, speed(fetched));
  await connection.close();
} finally {
  await sshd.stop();
}
