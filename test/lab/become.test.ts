import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { addUsers, usersScript, writeInventory } from './support/logins.ts';
import { type Controller, controller, outcomes, reasonOf } from './support/product.ts';

const NAME = ownName('test-become');
const hosts = ['login01', 'login02', 'login03'];

const sudoers = [
  'open ALL=(ALL) NOPASSWD: ALL',
  'carol ALL=(ALL) ALL',
  'Defaults:carol lecture=always',
  'dave ALL=(ALL) ALL',
  'Defaults:dave requiretty',
  'erin ALL=(ALL) ALL',
  'Defaults:erin !use_pty, lecture=always, passprompt="Mot de passe :"',
];
const doas = ['permit gina as root', 'permit nopass frank as root'];
const users = ['open', 'carol', 'dave', 'erin', 'frank', 'gina'];

const own = (user: string) => ({ ansible_become_password: `open sesame, ${user}` });
const bySu = { ansible_become_method: 'su', ansible_become_password: 'open sesame, root' };
const byDoas = { ansible_become_method: 'doas' };

/** Ways in that end as root. */
const good = {
  'sudo-without-a-password': { user: 'open' },
  'sudo-with-a-password': { user: 'carol', vars: own('carol') },
  'sudo-on-a-terminal': { user: 'dave', vars: own('dave') },
  'sudo-with-a-prompt-of-its-own': { user: 'erin', vars: own('erin') },
  su: { user: 'gina', vars: bySu },
  'doas-with-a-password': { user: 'gina', vars: { ...byDoas, ...own('gina') } },
  'doas-without-a-password': { user: 'frank', vars: byDoas },
} as const;

/** Ways in that do not, and what is said of them. */
const bad: Readonly<Record<string, { user: string; vars?: Readonly<Record<string, string>>; because: RegExp }>> = {
  'a-wrong-password': {
    user: 'carol',
    vars: { ansible_become_password: 'nonsense' },
    because: /: sudo refused the password of carol; it was tried once, and is not tried again\.$/,
  },
  'a-wrong-password-on-a-terminal': {
    user: 'dave',
    vars: { ansible_become_password: 'nonsense' },
    because: /: sudo refused the password of dave; it was tried once/,
  },
  'a-wrong-password-of-root': {
    user: 'gina',
    vars: { ...bySu, ansible_become_password: 'nonsense' },
    because: /: su refused the password of root; it was tried once/,
  },
  'a-wrong-password-for-doas': {
    user: 'gina',
    vars: { ...byDoas, ansible_become_password: 'nonsense' },
    because: /: doas refused the password of gina; it was tried once/,
  },
  'no-password': { user: 'carol', because: /: sudo wants the password of carol, and none was given\.$/ },
  'no-password-on-a-terminal': { user: 'dave', because: /: sudo wants the password of dave, and none was given\.$/ },
  'no-password-for-su': {
    user: 'gina',
    vars: { ansible_become_method: 'su' },
    because: /: su wants the password of root, and none was given\.$/,
  },
  'no-right-to': {
    user: 'gina',
    vars: own('gina'),
    because: /: sudo does not let gina become root \(gina is not in the sudoers file\)\.$/,
  },
  'no-such-program': {
    user: 'open',
    vars: { ansible_become_exe: '/nowhere/sudo' },
    because: /: \/nowhere\/sudo cannot be run there \(.*not found\)\.$/,
  },
};

const on = (ways: Readonly<Record<string, { user: string; vars?: Readonly<Record<string, string>> }>>) =>
  Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, { ...way, host: 'login01' }]));

describe('root', () => {
  let lab: Lab;
  let operator: Controller;

  beforeAll(async () => {
    lab = await bringUp(NAME, { login: hosts.length });
    operator = await controller(lab, 'operator');
    const script = usersScript(users, sudoers, doas);
    await Promise.all(hosts.map((host) => addUsers(lab, host, script)));
    await writeInventory(lab, operator, on({ ...good, ...bad }));
  });
  afterAll(() => removeLab(NAME));

  const answers = async (args: readonly string[]) => {
    const { code, said, stderr } = await operator.run(args);
    const told: unknown[] = said.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    return { code, told, stderr };
  };

  const becomesRoot = async () => {
    const ways = Object.keys(good);
    const { told } = await answers(['exec', ways.join(','), '-b', '--', 'id -un; echo trouble >&2; exit 3']);
    // A terminal has one stream for both.
    const both = expect.stringMatching(/^root\n(trouble\n)?$/);
    const errors = expect.stringMatching(/^(trouble\n)?$/);
    expect(told).toEqual(ways.map((host) => expect.objectContaining({ host, exit: 3, stdout: both, stderr: errors })));
  };

  test('is become by sudo, su and doas, with and without passwords, and nothing of how is shown', becomesRoot);

  test('is become also where the language is another', async () => {
    await say(lab, 'login01', 'echo LANG=de_DE.UTF-8 >/etc/default/locale');
    try {
      await becomesRoot();
    } finally {
      await say(lab, 'login01', 'rm /etc/default/locale');
    }
  });

  test('is not become where it cannot be, and each host says why, after one try', async () => {
    await say(lab, 'login01', ': >/var/log/sudo.log');
    const ways = Object.keys(bad);
    const { code, told } = await answers(['ping', ways.join(','), '-b']);
    expect(code).toBe(1);
    expect(told).toEqual(
      Object.entries(bad).map(([host, { because }]) =>
        expect.objectContaining({ host, code: 1, error: expect.stringMatching(because) }),
      ),
    );
    const log = await say(
      lab,
      'login01',
      `tr '\\n' ' ' </var/log/sudo.log | sed 's/ \\([A-Z][a-z][a-z] [0-9]\\)/\\n\\1/g'`,
    );
    const refused = log.split('\n').filter((line) => /incorrect password/.test(line));
    expect(refused).toEqual([
      expect.stringMatching(/(carol|dave) : 1 incorrect password attempt/),
      expect.stringMatching(/(carol|dave) : 1 incorrect password attempt/),
    ]);
  });

  test('is not become with one wrong password for a whole fleet by trying it on each host', async () => {
    const asked = await controller(lab, 'asked');
    await writeInventory(lab, asked, Object.fromEntries(hosts.map((host) => [host, { host, user: 'carol' }])));
    const file = join(asked.directory, 'password');
    await writeFile(file, 'nonsense\n');
    for (const host of hosts) await say(lab, host, ': >/var/log/sudo.log');
    const wrong = await asked.run(['ping', 'all', '-b', '--become-password-file', file]);
    expect(wrong.code).toBe(1);
    expect(wrong.said.match(/it was tried once, and is not tried again/g)).toHaveLength(1);
    expect(wrong.said.match(/was refused by login0\d and is the same here, so it was not tried/g)).toHaveLength(2);
    const tried = await Promise.all(hosts.map((host) => say(lab, host, 'cat /var/log/sudo.log')));
    expect(tried.filter((log) => /incorrect password/.test(log))).toHaveLength(1);

    await writeFile(file, 'open sesame, carol\n');
    const right = await asked.run(['ping', 'all', '-b', '--become-password-file', file]);
    expect(right.code, right.said).toBe(0);
  });

  test('is given whole files, on a terminal too, and gives them back', async () => {
    const content = randomBytes(300_000);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const local = join(operator.directory, 'content');
    await writeFile(local, content);
    for (const way of ['sudo-with-a-password', 'doas-with-a-password']) {
      const remote = `/root/${way}/content`;
      const sent = await operator.run(['copy', way, local, remote, '--mode', '0600', '-b']);
      expect(sent.code, sent.said + sent.stderr).toBe(0);
      expect(await say(lab, 'login01', `sha256sum <${remote}; stat -c '%U %a' ${remote}`)).toBe(
        `${sha256}  -\nroot 600`,
      );
      const fetched = await operator.run(['fetch', way, remote, join(operator.directory, 'fetched'), '-b']);
      expect(fetched.code, fetched.said + fetched.stderr).toBe(0);
      const back = await readFile(join(operator.directory, 'fetched', way, remote));
      expect(back.equals(content), way).toBe(true);
    }
    expect(await say(lab, 'login01', 'find /tmp /home -newer /etc/doas.conf -name "*ovsfleet*"')).toBe('');
  });

  test('is what playbooks need: hosts where somebody else would work are refused, with what to type', async () => {
    const plain = await controller(lab, 'plain');
    await writeInventory(lab, plain, { light: { host: 'login01', user: 'carol' } });
    const { events, code } = await plain.run(['run', 'test/lab/playbooks/everywhere.ts', '--no-type-check']);
    expect(code).toBe(1);
    expect(outcomes(events)).toEqual({ light: 'refused' });
    expect(reasonOf(events, 'light')).toBe('light: carol works there, and only root can do what playbooks do.');
  });

  test('is become for playbooks; hosts where it cannot be are refused before anything is changed', async () => {
    const runner = await controller(lab, 'runner');
    const ways = on({ ...good, ...bad });
    await writeInventory(lab, runner, ways);
    const { events, code, stderr } = await runner.run([
      ...['run', 'test/lab/playbooks/everywhere.ts', '--no-type-check', '-b'],
    ]);
    expect(code, stderr).toBe(1);
    const ended = outcomes(events);
    expect(Object.fromEntries(Object.keys(bad).map((name) => [name, ended[name]]))).toEqual(
      Object.fromEntries(Object.keys(bad).map((name) => [name, 'refused'])),
    );
    for (const [name, { because }] of Object.entries(bad)) expect(reasonOf(events, name)).toMatch(because);
    // They are one machine: the first to come changes it, whoever comes later finds it as wanted.
    expect(
      Object.keys(good)
        .map((name) => ended[name])
        .toSorted(),
    ).toEqual([
      'changed',
      ...Object.keys(good)
        .slice(1)
        .map(() => expect.stringMatching(/^(current|changed)$/)),
    ]);
    expect(await say(lab, 'login01', 'cat /root/was-here')).toBe('root');
  });
});
