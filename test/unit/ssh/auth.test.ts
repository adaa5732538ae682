import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectionSettings } from '../../../src/model/connection-settings.ts';
import type { Host } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/secret.ts';
import { agentWith } from './support/agent.ts';
import { problem, transport } from './support/connecting.ts';
import { peopled } from './support/people.ts';
import { execute, makeKey, type Sshd, startSshd } from './support/sshd.ts';

const people = [{ name: 'paul', password: 'open sesame' }];

const server = async (settings: readonly string[], pam?: string): Promise<Sshd> => {
  const sshd = await startSshd(['LogLevel VERBOSE', ...settings], ['ed25519'], peopled(people, pam));
  onTestFinished(sshd.stop);
  return sshd;
};

const who = async (host: Host, options: Parameters<typeof transport>[0] = {}): Promise<string> => {
  const connection = await transport(options).connect(host);
  let said = '';
  await connection.run('id -un', {
    onStdout: (chunk) => {
      said += Buffer.from(chunk).toString();
    },
  });
  await connection.close();
  return said.trim();
};

const paul = (sshd: Sshd, vars: Host['vars'] = {}): Host => {
  const { privateKeyFile: _, ...host } = sshd.host({ user: 'paul', vars });
  return host;
};

const refusals = (sshd: Sshd): readonly string[] => sshd.log.filter((line) => /^Failed (?!none)/.test(line));

describe('a password', () => {
  const onlyPasswords = ['PasswordAuthentication yes', 'PubkeyAuthentication no'];

  test('of the inventory logs in where nothing else does', async () => {
    const sshd = await server(onlyPasswords);
    expect(await who(paul(sshd, { ansible_password: new Secret('open sesame') }))).toBe('paul');
    expect(await who(paul(sshd, { ansible_ssh_pass: 'open sesame' }))).toBe('paul');
    expect(refusals(sshd)).toEqual([]);
  });

  test('that is typed counts for hosts that have none of their own', async () => {
    const sshd = await server(onlyPasswords);
    const password = async (): Promise<Secret> => new Secret('open sesame');
    expect(await who(paul(sshd), { password })).toBe('paul');
    expect(await problem(who(paul(sshd, { ansible_password: 'other' }), { password }))).toMatchObject({
      code: 'ssh.auth',
    });
  });

  test('that is wrong is tried once', async () => {
    const sshd = await server([...onlyPasswords, 'KbdInteractiveAuthentication yes', 'UsePAM yes']);
    const { message } = await problem(who(paul(sshd, { ansible_password: 'wrong' })));
    expect(message).toContain('does not let paul in. Tried: the password.');
    expect(refusals(sshd)).toHaveLength(1);
  });

  test('that nobody gave is asked for in the remedy, and no key is offered in vain', async () => {
    const sshd = await server(onlyPasswords);
    const { message, remedy } = await problem(who(sshd.host({ user: 'paul' })));
    expect(message).toContain('The host accepts: password.');
    expect(remedy).toMatch(/^-k asks for the password/);
  });

  test('is not preceded by keys where the host takes none', async () => {
    const sshd = await server(onlyPasswords);
    expect(await who(sshd.host({ user: 'paul', vars: { ansible_password: 'open sesame' } }))).toBe('paul');
    expect(refusals(sshd)).toEqual([]);
  });

  test('is the second factor where the host wants a key and a password', async () => {
    const sshd = await server(['PasswordAuthentication yes', 'AuthenticationMethods publickey,password']);
    expect(await who(sshd.host({ user: 'paul', vars: { ansible_password: 'open sesame' } }))).toBe('paul');
    const agentSocket = await agentWith(sshd.directory, [sshd.userKey]);
    expect(await who(paul(sshd, { ansible_password: 'open sesame' }), { agentSocket })).toBe('paul');
  });
});

describe('keyboard-interactive', () => {
  const onlyPrompts = ['KbdInteractiveAuthentication yes', 'UsePAM yes', 'PubkeyAuthentication no'];

  test('is answered with the password', async () => {
    const sshd = await server(onlyPrompts);
    expect(await who(paul(sshd, { ansible_password: 'open sesame' }))).toBe('paul');
  });

  test('is answered once with a password that is wrong', async () => {
    const sshd = await server(onlyPrompts);
    expect(await problem(who(paul(sshd, { ansible_password: 'wrong' })))).toMatchObject({
      fault: 'auth',
      code: 'ssh.auth',
    });
    expect(refusals(sshd).length).toBeLessThanOrEqual(1);
  });

  test('that asks for a code besides is not answered, and says what it asked', async () => {
    const directory = (await server([])).directory;
    const key = await makeKey(join(directory, 'own'));
    let answers: readonly string[] | undefined;
    const asking = new ssh2.Server({ hostKeys: [await readFile(key)] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (context) => {
        if (context.method !== 'keyboard-interactive') {
          context.reject(['keyboard-interactive']);
          return;
        }
        context.prompt([{ prompt: 'Verification code: ', echo: false }], (given) => {
          answers = given;
          context.reject();
        });
      });
    });
    onTestFinished(() => void asking.close());
    await new Promise<void>((resolve) => asking.listen(0, '127.0.0.1', resolve));
    const bound = asking.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    await writeFile(join(directory, 'known'), `[127.0.0.1]:${port} ${await readFile(`${key}.pub`, 'utf8')}`);
    const host: Host = {
      name: 'hv01',
      address: '127.0.0.1',
      port,
      user: 'paul',
      knownHostsFiles: [join(directory, 'known')],
      groups: [],
      vars: { ansible_password: 'open sesame' },
    };
    expect(await problem(who(host))).toMatchObject({
      code: 'ssh.asks-for-more',
      message: expect.stringContaining('"Verification code:"'),
    });
    expect(answers).toBeUndefined();
  });
});

describe('on a host that hangs up at the second refusal', () => {
  let sshd: Sshd;
  let strangers: readonly string[];
  beforeAll(async () => {
    sshd = await startSshd(
      ['LogLevel VERBOSE', 'MaxAuthTries 2', 'PasswordAuthentication yes'],
      ['ed25519'],
      peopled(people),
    );
    strangers = await Promise.all(
      ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => makeKey(join(sshd.directory, name))),
    );
  });
  afterAll(() => sshd.stop());

  const failedSince = (before: number): number =>
    sshd.log.slice(before).filter((line) => /^Failed (?!none)/.test(line)).length;

  test('a key that is named is tried first, from the agent that holds it after five others', async () => {
    const agentSocket = await agentWith(sshd.directory, [...strangers.slice(0, 5), sshd.userKey]);
    const before = sshd.log.length;
    expect(await who(sshd.host(), { agentSocket })).not.toBe('');
    const publicHalf = sshd.host({ privateKeyFile: `${sshd.userKey}.pub` });
    expect(await who(publicHalf, { agentSocket })).not.toBe('');
    expect(failedSince(before)).toBe(0);
  });

  test('a password comes before keys that nobody named', async () => {
    const agentSocket = await agentWith(sshd.directory, strangers);
    const before = sshd.log.length;
    expect(await who(paul(sshd, { ansible_password: 'open sesame' }), { agentSocket })).toBe('paul');
    expect(failedSince(before)).toBe(0);
  });

  test('strangers are refused on one connection, and it is said how many keys were left out', async () => {
    const agentSocket = await agentWith(sshd.directory, strangers);
    const before = sshd.log.length;
    const { message } = await problem(who(paul(sshd), { agentSocket }));
    expect(message).toContain('Too many authentication failures');
    expect(message).toContain('1 more keys of the agent');
    expect(sshd.log.slice(before).filter((line) => line.startsWith('Connection from'))).toHaveLength(1);
    expect(failedSince(before)).toBeLessThanOrEqual(2);
  });

  test('IdentitiesOnly leaves out what was not named', async () => {
    const agentSocket = await agentWith(sshd.directory, [...strangers.slice(0, 3), sshd.userKey]);
    const also = (): Partial<ConnectionSettings> => ({ identitiesOnly: 'yes' });
    const before = sshd.log.length;
    expect(await who(sshd.host(), { agentSocket, also })).not.toBe('');
    const stranger = strangers[0] ?? '';
    const { message } = await problem(who(sshd.host({ privateKeyFile: stranger }), { agentSocket, also }));
    expect(message).toContain(`Tried: ${stranger}`);
    expect(failedSince(before)).toBe(1);
  });

  test('the key that let us in elsewhere is the first that is tried', async () => {
    const agentSocket = await agentWith(sshd.directory, [strangers[0] ?? '', sshd.userKey]);
    const elsewhere = await server([]);
    await copyFile(`${sshd.userKey}.pub`, join(elsewhere.directory, 'authorized_keys'));
    const same = transport({ agentSocket });
    const { privateKeyFile: _, ...first } = elsewhere.host();
    await (await same.connect(first)).close();
    const before = sshd.log.length;
    const { privateKeyFile: __, ...second } = sshd.host();
    await (await same.connect(second)).close();
    expect(failedSince(before)).toBe(0);
  });
});

describe('a key with a passphrase', () => {
  const locked = async (sshd: Sshd): Promise<string> => {
    const file = join(sshd.directory, 'locked');
    await copyFile(sshd.userKey, file);
    await execute('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'swordfish', '-f', file]);
    return file;
  };

  test('is asked for once, for all hosts', async () => {
    const sshd = await server([]);
    const privateKeyFile = await locked(sshd);
    const asked: string[] = [];
    const passphrase = async (file: string): Promise<Secret> => {
      asked.push(file);
      return new Secret('swordfish');
    };
    const same = transport({ passphrase });
    const hosts = ['hv01', 'hv02', 'hv03', 'hv04'].map((name) => sshd.host({ name, privateKeyFile }));
    const connections = await Promise.all(hosts.map((host) => same.connect(host)));
    await Promise.all(connections.map((connection) => connection.close()));
    expect(asked).toEqual([privateKeyFile]);
  });

  test('is not asked for when the agent holds the key', async () => {
    const sshd = await server([]);
    const privateKeyFile = await locked(sshd);
    const agentSocket = await agentWith(sshd.directory, [sshd.userKey]);
    const passphrase = async (): Promise<Secret> => {
      throw new Error('asked in vain');
    };
    expect(await who(sshd.host({ privateKeyFile }), { agentSocket, passphrase })).not.toBe('');
  });

  test('that is not the right one is said, and not asked for again', async () => {
    const sshd = await server([]);
    const privateKeyFile = await locked(sshd);
    let asked = 0;
    const passphrase = async (): Promise<Secret> => {
      asked += 1;
      return new Secret('herring');
    };
    const same = transport({ passphrase });
    for (const name of ['hv01', 'hv02']) {
      const { code, message } = await problem(same.connect(sshd.host({ name, privateKeyFile })));
      expect(code).toBe('ssh.passphrase-wrong');
      expect(message).toBe(`${name}: the passphrase that was given does not open the private key ${privateKeyFile}.`);
    }
    expect(asked).toBe(1);
  });
});

describe('the agent', () => {
  const seen = async (sshd: Sshd, forwardAgent: string): Promise<string> => {
    const agentSocket = await agentWith(sshd.directory, [sshd.userKey]);
    const connection = await transport({ agentSocket, also: () => ({ forwardAgent }) }).connect(sshd.host());
    let said = '';
    await connection.run('ssh-add -l 2>&1', {
      onStdout: (chunk) => {
        said += Buffer.from(chunk).toString();
      },
    });
    await connection.close();
    return said;
  };

  test('is not lent to the host unless that is asked for', async () => {
    const sshd = await server([]);
    expect(await seen(sshd, 'no')).toContain('Could not open a connection to your authentication agent');
    expect(await seen(sshd, 'yes')).toContain('ED25519');
  });
});
