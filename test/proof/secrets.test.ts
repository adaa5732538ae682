import { execFile } from 'node:child_process';
import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from '../lab/support/bring-up.ts';
import { addUsers, usersScript } from '../lab/support/logins.ts';
import { controller } from '../lab/support/product.ts';

const execute = promisify(execFile);
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const NAME = ownName('proof-secrets');
const hosts = ['login01', 'login02'];

/** A secret that nobody would say by chance. */
const canary = (number: number): string => `canary${String(number).padStart(2, '0')}-Zq'7"$x\\${number * 7919}`;
/** 50 of them; those on more than one line count for one. */
const canaries = Array.from({ length: 50 }, (_, at) => canary(at));
const at = (number: number): string => canaries[number] ?? '';

/** Users who become root by a password each: canaries 0 to 19. */
const users = Array.from({ length: 20 }, (_, number) => `user${String(number).padStart(2, '0')}`);

/** As ansible-vault writes it, format 1.1. */
const encrypted = (secret: string, password: string): string => {
  const salt = randomBytes(32);
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  const cipher = createCipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64));
  const padding = 16 - (Buffer.byteLength(secret) % 16);
  const body = Buffer.concat([cipher.update(secret + String.fromCharCode(padding).repeat(padding)), cipher.final()]);
  const mac = createHmac('sha256', keys.subarray(32, 64)).update(body).digest('hex');
  const inner = Buffer.from([salt.toString('hex'), mac, body.toString('hex')].join('\n')).toString('hex');
  return ['$ANSIBLE_VAULT;1.1;AES256', ...(inner.match(/.{1,80}/g) ?? [])].join('\n');
};

/** Looks at all processes of a host until it is told to stop, and keeps what it saw. */
const watcher = `
seen=/root/seen; : >"$seen"
while [ ! -e /root/stop ]; do
  for pid in /proc/[0-9]*; do
    tr '\\0' ' ' <"$pid/cmdline"; echo
    tr '\\0' ' ' <"$pid/environ"; echo
  done 2>/dev/null | sort -u >"$seen.now"
  sort -u "$seen" "$seen.now" >"$seen.all" && mv "$seen.all" "$seen"
done
`;

const filesBelow = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('50 secrets, put through runs that succeed, fail, are killed and are compared', () => {
  let lab: Lab;
  let fleet = '';
  let operator: Awaited<ReturnType<typeof controller>>;
  const said: string[] = [];
  /** Where a secret was seen. */
  const seen: string[] = [];

  const look = (where: string, text: string): void => {
    for (const [number, secret] of canaries.entries()) {
      // A part is enough to be seen by: the end, which has no character that JSON or HTML would write otherwise.
      for (const part of [secret, secret.slice(0, 9)]) if (text.includes(part)) seen.push(`${where}: canary ${number}`);
    }
  };

  beforeAll(async () => {
    lab = await bringUp(NAME, { login: hosts.length });
    operator = await controller(lab, 'operator');
    fleet = operator.directory;
    const sudoers = users.map((user, number) => `${user} ALL=(ALL) ${number % 2 === 0 ? '' : 'PASSWD: '}ALL`);
    const requiretty = users.slice(0, 4).map((user) => `Defaults:${user} requiretty`);
    const doas = users.slice(10, 12).map((user) => `permit ${user} as root`);
    for (const host of hosts) {
      await addUsers(lab, host, usersScript(users, [...sudoers, ...requiretty], doas));
      const passwords = users.map((user, number) => `${user}:${at(number)}`).join('\n');
      await lab.ssh(host, `chpasswd <<'END'\n${passwords}\nroot:${at(20)}\nEND`, { limitMs: 60_000 });
    }
    // Canaries 21 and 22 open the vault and a key; 23 to 28 are parameters, the others values that nothing uses.
    await writeFile(join(fleet, 'vault-password'), at(21));
    const vault = (secret: string, indent: string): string => {
      const text = encrypted(secret, at(21));
      return `!vault |\n${text
        .trimEnd()
        .split('\n')
        .map((line) => `${indent}${line}`)
        .join('\n')}`;
    };
    const plainKey = join(lab.directory, 'key');
    const key = join(fleet, 'key');
    await writeFile(key, await readFile(plainKey), { mode: 0o600 });
    await execute('ssh-keygen', ['-q', '-p', '-f', key, '-P', '', '-N', at(22)]);
    const entries: string[] = [];
    for (const [number, user] of users.entries()) {
      const method = number === 10 || number === 11 ? 'doas' : number === 12 ? 'su' : 'sudo';
      entries.push(
        `    ${user}:`,
        `      ansible_host: "${lab.host(hosts[number % 2] ?? '').address}"`,
        `      ansible_user: ${user}`,
        // One has a password and no key.
        ...(number === 13
          ? [`      ansible_password: ${vault(at(number), '        ')}`]
          : [`      ansible_ssh_private_key_file: ${plainKey}`]),
        `      ovsfleet_known_hosts: ${lab.directory}/known_hosts`,
        `      ansible_become_method: ${method}`,
        `      ansible_become_password: ${vault(method === 'su' ? at(20) : at(number), '        ')}`,
        `      spare: ${vault(at(29 + number), '        ')}`,
      );
    }
    const spare = canaries.slice(49).map((secret) => `    spare_of_all: ${JSON.stringify(secret)}`);
    await writeFile(
      operator.inventory,
      [
        'all:',
        '  vars:',
        '    ovsfleet_params:',
        `      four: ${vault(at(26), '        ')}`,
        `      five: ${JSON.stringify(at(27))}`,
        ...spare,
        '  hosts:',
        ...entries,
        '',
      ].join('\n'),
    );
    await writeFile(
      join(fleet, 'keyed.yaml'),
      [
        'all:',
        '  hosts:',
        '    keyed:',
        `      ansible_host: "${lab.host('login01').address}"`,
        '      ansible_user: root',
        `      ansible_ssh_private_key_file: ${key}`,
        `      ovsfleet_known_hosts: ${lab.directory}/known_hosts`,
        '',
      ].join('\n'),
    );
    answers = [
      ...['--vault-password-file', join(fleet, 'vault-password')],
      ...['--secret', 'one=env:CANARY_ONE', '--secret', `two=file:${join(fleet, 'two')}`],
      ...['--secret', 'three=prompt', '--secret', `six=file:${join(fleet, 'six')}`],
    ];
    await writeFile(join(fleet, 'two'), `${at(24)}\n`);
    await writeFile(join(fleet, 'six'), `-----BEGIN-----\n${at(28)}\nlast-${at(28)}\n-----END-----\n`);
  });
  afterAll(() => removeLab(NAME));

  /** Runs the product as an operator would; what stands on stdin are its answers. */
  const run = async (args: readonly string[], until?: string): Promise<number | null> => {
    const child = lab.spawn([process.execPath, main, ...args, '-i', operator.inventory], {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: fleet,
      env: {
        ...process.env,
        CANARY_ONE: at(23),
        NODE_OPTIONS: '--report-uncaught-exception --report-filename=crash.json',
      },
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(`${at(25)}\n`);
    let all = '';
    const take = (chunk: Buffer): void => {
      all += chunk.toString();
      if (until !== undefined && all.includes(until)) child.kill('SIGKILL');
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    const [code]: readonly unknown[] = await once(child, 'close');
    said.push(all);
    look(`output of ${args.join(' ')}`, all);
    return typeof code === 'number' ? code : null;
  };

  /** Logs in with a key whose passphrase is asked for on a terminal. */
  const typePassphrase = async (): Promise<number | null> => {
    const command = [process.execPath, main, 'ping', 'all', '-vv', '-i', join(fleet, 'keyed.yaml')].join(' ');
    const child = lab.spawn(['script', '-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'], cwd: fleet });
    let all = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const before = all;
      all += chunk.toString();
      if (!before.includes('Passphrase for') && all.includes('Passphrase for')) child.stdin?.write(`${at(22)}\r`);
    });
    const [code]: readonly unknown[] = await once(child, 'close');
    said.push(all);
    look('output of a login with a passphrase', all);
    return typeof code === 'number' ? code : null;
  };

  /** How every run gets its secrets. */
  let answers: readonly string[] = [];
  const confide = (ending: string, ...more: readonly string[]): readonly string[] => [
    fileURLToPath(new URL('../lab/playbooks/confided.ts', import.meta.url)),
    ...['--no-type-check', '-b', '-vv', '-e', `ending=${ending}`],
    ...answers,
    ...more,
  ];

  test('none is seen in what is printed, written, crashed, or shown by ps', async () => {
    for (const host of hosts) await say(lab, host, 'rm -f /root/stop');
    const watching = hosts.map((host) => lab.ssh(host, watcher, { limitMs: 1_200_000 }));

    expect(
      await run(['plan', ...confide('well'), '--out', join(fleet, 'plan.json'), '--report', '--diff']),
      said.at(-1),
    ).toBe(5);
    expect(await run(['run', ...confide('well')]), said.at(-1)).toBe(0);
    expect(await run(['run', ...confide('well', '--json')]), said.at(-1)).toBe(0);
    expect(await run(['run', ...confide('badly')]), said.at(-1)).toBe(1);
    expect(await run(['run', ...confide('badly', '--json', '--diff')]), said.at(-1)).toBe(1);
    expect(await run(['run', ...confide('killed', '--json')], '"step":"it ends"'), said.at(-1)).toBe(null);
    for (const host of hosts) await say(lab, host, 'pkill -f "[s]leep 601"; true');
    expect(await run(['resume', ...answers, '-b', '-vv']), said.at(-1)).toBe(0);
    expect(await run(['run', ...confide('crashed')])).not.toBe(0);
    expect(said.at(-1)).toMatch(/‹secret›/);
    // Not a word of it, though it was typed where it should not be.
    expect(await run(['run', ...confide('well', '-e', `one=${at(23)}`)]), said.at(-1)).toBe(2);
    expect(await run(['report']), said.at(-1)).toBe(0);

    expect(await typePassphrase(), said.at(-1)).toBe(0);
    expect(said.at(-1)).toContain('Passphrase for');

    for (const host of hosts) await say(lab, host, ': >/root/stop');
    await Promise.all(watching);
    for (const host of hosts) {
      const processes = await say(lab, host, 'cat /root/seen');
      expect(processes, 'the watcher saw what ran').toMatch(/sha256sum|sh -s/);
      look(`processes of ${host}`, processes);
      look(
        `files of ${host}`,
        await say(
          lab,
          host,
          'cat /var/log/*.log; find /tmp /run /var/lib/ovsfleet -type f -size -1M -exec cat {} + 2>/dev/null; true',
        ),
      );
    }
    const given = ['vault-password', 'inventory.yaml', 'two', 'six', 'key'].map((name) => join(fleet, name));
    const written = (await filesBelow(fleet)).filter((file) => !given.includes(file));
    for (const name of ['journal.jsonl', '.html', '.md', 'report.json', 'plan.json', 'crash.json'])
      expect(written.join('\n'), 'what was looked at').toContain(name);
    for (const file of written) look(file.replace(fleet, '…'), await readFile(file, 'utf8'));
    expect(seen).toEqual([]);
    // That they were there to be seen: every host has them all, each as it was given.
    for (const host of hosts) {
      const kept = await say(lab, host, 'cat /root/kept-*');
      for (const number of [23, 24, 25, 26, 27, 28]) expect(kept).toContain(at(number));
    }
    expect(said.join('')).toContain('‹secret›');
  });
});
