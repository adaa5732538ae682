import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/model/ports.ts';
import { problem, transport } from './support/connecting.ts';
import { type Person, peopled } from './support/people.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const banner = 'echo "Welcome! You have mail."; echo "disk almost full" >&2\n';
const people: readonly Person[] = [
  { name: 'cora', shell: '/bin/tcsh', files: { '.cshrc': 'echo "Welcome! You have mail."\n' } },
  { name: 'finn', shell: '/usr/bin/fish' },
  { name: 'reto', shell: '/bin/rbash' },
  { name: 'barb', shell: '/bin/bash', files: { '.bashrc': banner } },
  { name: 'piet', shell: '/usr/bin/python3' },
  { name: 'nobo', shell: '/usr/sbin/nologin' },
];

let sshd: Sshd;
beforeAll(async () => {
  // Without SHLVL bash thinks that it was started by sshd, and reads ~/.bashrc, as on any Debian.
  sshd = await startSshd(['SetEnv OVSFLEET_TEST=1', 'Banner /etc/debian_version'], ['ed25519'], peopled(people));
});
afterAll(() => sshd.stop());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const inAs = async <T>(user: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await transport().connect(sshd.host({ user }));
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
};

describe.each([
  ['csh, whose rc file prints a banner', 'cora'],
  ['fish', 'finn'],
  ['the restricted bash', 'reto'],
  ['bash, whose rc file prints a banner', 'barb'],
])('a user whose shell is %s', (_, user) => {
  test('has programs run', async () => {
    const said = await inAs(user, async (connection) => {
      let out = '';
      const exit = await connection.run("x='it''s'; case $x in its) echo \"fine $((40 + 2))\";; esac; exit 3", {
        onStdout: (chunk) => {
          out += Buffer.from(chunk).toString();
        },
      });
      return { out, exit };
    });
    expect(said.out).toMatch(/(^|\n)fine 42\n$/);
    expect(said.exit).toEqual({ code: 3, signal: null });
  });

  test('has files brought and fetched, whatever they are called', async () => {
    const content = 'line\n'.repeat(10);
    const local = join(sshd.directory, `sent-${user}`);
    const remote = join(sshd.directory, 'home', user, "it's 100% new!/a \\ file");
    await writeFile(local, content);
    await inAs(user, async (connection) => {
      const upload = { local, remote, sha256: sha256(content), mode: '0640' };
      expect(await connection.upload(upload)).toBe(true);
      expect(await connection.upload(upload)).toBe(false);
      expect(await readFile(remote, 'utf8')).toBe(content);
      const back = join(sshd.directory, `back-${user}`);
      expect(await connection.download(remote, back)).toEqual({ sha256: sha256(content), bytes: content.length });
      expect(await readFile(back, 'utf8')).toBe(content);
    });
  });
});

describe.each([
  ['python', 'piet'],
  ['none at all', 'nobo'],
])('a user whose shell is %s', (_, user) => {
  test('is told apart from a failed program', async () => {
    const local = join(sshd.directory, `sent-${user}`);
    await mkdir(join(sshd.directory, 'x'), { recursive: true });
    await writeFile(local, 'x');
    const upload = { local, remote: `/tmp/ovsfleet-${user}`, sha256: sha256('x'), mode: '0600' };
    expect(await problem(inAs(user, (connection) => connection.upload(upload)))).toMatchObject({
      code: 'connection.no-shell',
      message: expect.stringContaining(`hv01: the login shell of ${user} runs no commands of sh`),
    });
  });
});
