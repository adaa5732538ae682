import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FleetError } from '../../../../src/model/error.ts';
import type { Host } from '../../../../src/model/host.ts';
import { Secret } from '../../../../src/model/secret.ts';
import type { SshFlags } from '../../../../src/ssh/config/given.ts';
import { asSettings, comparable, host, judged, me, settingsFrom } from './support.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-ssh-settings-'));
  await mkdir(join(directory, '.ssh'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let count = 0;
const written = async (text: string, name?: string): Promise<string> => {
  count += 1;
  const file = join(directory, name ?? `config${count}`);
  await writeFile(file, text, { mode: 0o600 });
  return file;
};

const problemOf = (
  act: () => unknown,
): { readonly code: string; readonly message: string; readonly remedy: string } => {
  try {
    act();
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('what counts more', () => {
  const config = 'Host *\n User config\n Port 1\n IdentityFile /k/config\n ConnectTimeout 1\n HostKeyAlias config\n';
  const said = { port: 4, user: 'inventory', assumed: [], privateKeyFile: '/k/inventory' } as const;
  const cases: readonly {
    readonly title: string;
    readonly host?: Partial<Host>;
    readonly flags?: SshFlags;
    readonly want: Readonly<Record<string, unknown>>;
  }[] = [
    { title: 'ssh_config, where nobody else speaks', want: { user: 'config', port: 1, connectTimeout: 1000 } },
    {
      title: 'a flag than ssh_config',
      flags: { user: 'flag', connectTimeout: 9, privateKeyFile: '/k/flag' },
      want: { user: 'flag', port: 1, connectTimeout: 9000 },
    },
    {
      title: 'the inventory than a flag',
      host: said,
      flags: { user: 'flag' },
      want: { user: 'inventory', port: 4, connectTimeout: 1000 },
    },
    {
      title: 'ansible_ssh_args than other variables, as on the command line of Ansible',
      host: { ...said, vars: { ansible_ssh_args: '-C -o User=args -p7' } },
      want: { user: 'args', port: 7 },
    },
    {
      title: 'a variable than ansible_ssh_common_args',
      host: { ...said, vars: { ansible_ssh_common_args: '-o User=common -o HostKeyAlias=common' } },
      want: { user: 'inventory', hostKeyName: 'common' },
    },
    {
      title: 'ansible_ssh_common_args than ansible_ssh_extra_args, and both than a flag',
      host: {
        vars: {
          ansible_ssh_common_args: '-l common -o ConnectTimeout=2',
          ansible_ssh_extra_args: new Secret('-l extra -o "ServerAliveInterval 3"'),
        },
      },
      flags: { user: 'flag', connectTimeout: 9 },
      want: { user: 'common', connectTimeout: 2000, serverAliveInterval: 3000 },
    },
    {
      title: '--ssh-common-args than --ssh-extra-args, and both than other flags',
      flags: { commonArgs: '-l common', extraArgs: '-l extra -o ServerAliveInterval=3', user: 'flag' },
      want: { user: 'common', serverAliveInterval: 3000 },
    },
    {
      title: 'ansible_ssh_common_args than --ssh-common-args, which is then not read at all',
      host: { vars: { ansible_ssh_common_args: '-l host' } },
      flags: { commonArgs: '-l common -p 7 -o Prot=22', extraArgs: '-o HostKeyAlias=extra' },
      want: { user: 'host', port: 1, hostKeyName: 'extra' },
    },
    {
      title: 'ansible_timeout than a flag',
      host: { vars: { ansible_timeout: 5 } },
      flags: { connectTimeout: 9 },
      want: { connectTimeout: 5000 },
    },
  ];
  test.each(cases)('$title', async ({ host: changes, flags = {}, want }) => {
    const file = await written(config);
    expect(settingsFrom({ flags: { ...flags, config: file } }).of(host('hv01', changes))).toMatchObject(want);
  });

  test('key files of all are tried, the strongest first', async () => {
    const file = await written(config);
    const { of } = settingsFrom({ flags: { config: file, privateKeyFile: '/k/flag' } });
    const one = of(host('hv01', { privateKeyFile: '/k/100%', vars: { ansible_ssh_common_args: "-i '/k/a b'" } }));
    expect(one.identityFiles).toEqual([
      { path: '/k/100%', from: 'inventory' },
      { path: '/k/a b', from: 'inventory' },
      { path: '/k/flag', from: 'flag' },
      { path: '/k/config', from: 'ssh-config' },
    ]);
  });

  test('known_hosts files of the inventory stand in the place of all others', async () => {
    const file = await written('UserKnownHostsFile /k/config\n');
    const { of } = settingsFrom({ flags: { config: file } });
    expect(of(host('hv01', { knownHostsFiles: ['/k/own', '/k/50%h'] }))).toMatchObject({
      userKnownHostsFiles: ['/k/own', '/k/50%h'],
      globalKnownHostsFiles: [],
    });
  });

  test('the user’s file counts more than the system’s, and -F stands in the place of both', async () => {
    await written('Host hv01\n User own\nInclude more\n', '.ssh/config');
    await written('Host hv*\n Port 5\n', '.ssh/more');
    const system = await written('User system\nHostKeyAlias system\n');
    const other = await written('Host other\n User other\n');
    const both = settingsFrom({ home: directory, systemConfig: system });
    expect(both.of(host('hv01'))).toMatchObject({ user: 'own', port: 5, hostKeyName: 'system' });
    expect(both.of(host('hv01')).sources).toEqual({
      user: `${join(directory, '.ssh/config')}:2`,
      port: `${join(directory, '.ssh/more')}:2`,
      hostkeyalias: `${system}:2`,
    });
    const alone = { user: me.localUser, port: 22, hostKeyName: 'hv01' };
    expect(
      settingsFrom({ home: directory, systemConfig: system, flags: { config: other } }).of(host('hv01')),
    ).toMatchObject(alone);
    expect(
      settingsFrom({ home: directory, systemConfig: system, flags: { config: 'none' } }).of(host('hv01')),
    ).toMatchObject(alone);
    const named = host('hv01', { vars: { ansible_ssh_common_args: `-F ${other}` } });
    expect(both.of(named)).toMatchObject(alone);
  });

  test('Host means what the inventory says to connect to, not the name it has there', async () => {
    const file = await written('Host hv01\n User never\nHost 192.0.2.7\n User right\n');
    expect(settingsFrom({ flags: { config: file } }).of(host('hv01', { address: '192.0.2.7' })).user).toBe('right');
  });

  test('words of a host do not reach its jump host', async () => {
    const file = await written('Host bastion\n User jump\n Port 2222\n');
    const { of } = settingsFrom({ flags: { config: file, user: 'flag' } });
    const far = of(host('hv01', { ...said, vars: { ansible_ssh_common_args: '-J bastion -o ConnectTimeout=3' } }));
    expect(far).toMatchObject({ user: 'inventory', connectTimeout: 3000 });
    expect(far.jump).toMatchObject({ name: 'bastion', user: 'jump', port: 2222, connectTimeout: null, jump: null });
  });
});

describe('the command line that we would give to ssh', () => {
  const cases: readonly { readonly title: string; readonly host?: Partial<Host>; readonly flags?: SshFlags }[] = [
    { title: 'of a plain host' },
    {
      title: 'of a host with variables',
      host: { port: 4, user: 'ops', assumed: [], privateKeyFile: '/k/a "b" %h\\c' },
    },
    {
      title: 'of a host with words for ssh',
      host: { vars: { ansible_ssh_common_args: `-o "ProxyCommand=nc -X 5 %h %p" -A -4 -o 'SetEnv A="b c" D=e'` } },
    },
    { title: 'with a jump host', host: { vars: { ansible_ssh_extra_args: '-J a@b:3,c -o HostKeyAlias=x' } } },
    { title: 'with known_hosts files', host: { knownHostsFiles: ['/k/one', '/k/two%20'] } },
    { title: 'with words of flags for ssh', flags: { commonArgs: '-J a@b:3,c -A', extraArgs: '-l ops -p7' } },
    {
      title: 'with flags',
      flags: { user: 'o p', privateKeyFile: '/k/flag', connectTimeout: 70, hostKeys: 'accept-new' },
    },
  ];
  test.each(cases)('means what we mean: $title', async ({ host: changes, flags = {} }) => {
    const file = await written('Host *\n Port 9\n User config\n IdentityFile /k/config\n ServerAliveInterval 5\n');
    const ours = settingsFrom({ flags: { ...flags, config: file } }).of(host('hv01', changes));
    const judgement = await judged(file, ours.argument, ours.sshOptions.slice(2));
    expect(ours.sshOptions.slice(0, 2)).toEqual(['-F', file]);
    if (judgement === null) throw new Error('ssh refused it');
    // The judge prints paths of keys as they are written.
    const { identityFiles, hostKeyChecking, ...rest } = asSettings(judgement);
    expect(comparable(ours)).toMatchObject(rest);
    expect(identityFiles).toHaveLength(ours.identityFiles.length);
    expect(hostKeyChecking).toBe(ours.hostKeyChecking);
  });
});

describe('host key checking', () => {
  test.each([
    ['no', undefined, 'strict', 'says so'],
    ['off', 'accept-new', 'accept-new', 'says so'],
    ['no', 'off', 'off', null],
    ['yes', 'off', 'off', null],
    ['yes', 'accept-new', 'accept-new', null],
    ['ask', undefined, 'strict', null],
    ['accept-new', undefined, 'accept-new', null],
  ] as const)('%s in ssh_config with the flag %s is %s', async (word, flag, checking, unchecked) => {
    const file = await written(`StrictHostKeyChecking ${word}\n`);
    const flags = { config: file, ...(flag === undefined ? {} : { hostKeys: flag }) };
    expect(settingsFrom({ flags }).of(host('hv01'))).toMatchObject({
      hostKeyChecking: checking,
      uncheckedAt: unchecked === null ? null : `${file}:1`,
    });
  });

  test('the inventory may insist on it against accept-new, and cannot turn it off', () => {
    const flags = { config: 'none', hostKeys: 'accept-new' } as const;
    const insists = host('hv01', { vars: { ansible_ssh_common_args: '-o StrictHostKeyChecking=yes' } });
    expect(settingsFrom({ flags }).of(insists).hostKeyChecking).toBe('strict');
    const off = host('hv02', { vars: { ansible_host_key_checking: false } });
    expect(settingsFrom({ flags: { config: 'none' } }).of(off)).toMatchObject({
      hostKeyChecking: 'strict',
      uncheckedAt: 'ansible_host_key_checking of hv02',
    });
  });
});

describe('what cannot be honoured', () => {
  test.each([
    [
      'a mistake, with the right word',
      'Host x\n Prot 22\n',
      'hv01',
      ':2: ssh_config knows no keyword prot. Did you mean port',
    ],
    ['a bad value', 'Port x\n', 'hv01', ':1: port takes a port from 1 to 65535'],
    [
      'a command to decide by',
      'Match exec "true"\n Port 7\n',
      'hv01',
      ':1: Match exec runs a command of this machine for hv01',
    ],
    [
      'a condition of later releases',
      'Match localnetwork 10.0.0.0/8\n Port 7\n',
      'hv01',
      ':1: Match localnetwork is not understood',
    ],
    ['a command that would run in our place', 'RemoteCommand top\n', 'hv01', ':1: remotecommand top leaves no way'],
    ['a way through itself', 'Host *\n ProxyJump bastion\n', 'hv01', ':2: bastion is reached through itself'],
    ['a way round in circles', 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n', 'a', 'is reached through itself'],
    [
      'a token that cannot stand there',
      'IdentityFile /k/%C\n',
      'hv01',
      ':1: identityfile has %C, which cannot stand there',
    ],
    [
      'the home of somebody else',
      'IdentityFile ~bob/key\n',
      'hv01',
      ':1: identityfile begins with the home of another',
    ],
    ['a file that includes itself', 'Include HERE\n', 'hv01', 'files include each other too deep'],
  ])('is %s, with its line', async (_, text, name, message) => {
    const file = await written('');
    await writeFile(file, text.replaceAll('HERE', file), { mode: 0o600 });
    const problem = problemOf(() => settingsFrom({ flags: { config: file } }).of(host(name)));
    expect(problem.code).toMatch(/^ssh\.config-/);
    expect(problem.message).toContain(message);
    expect(problem.message).toContain(file);
    expect(problem.remedy).not.toBe('');
  });

  test.each([
    ['-W x:22', 'ssh -W runs no command on a host'],
    ['-N', 'ssh -N runs no command on a host'],
    ['hv02', '"hv02" is no option of ssh'],
    ['-o', '-o takes an argument'],
    ['-o Prot=22', 'ssh_config knows no keyword prot'],
    ['-o "Host x"', 'Host x cannot be said on a command line'],
    ["-o 'User=a", 'a quotation does not end'],
  ])('is %s among the words for ssh, with the variable', (words, message) => {
    const { of } = settingsFrom({ flags: { config: 'none' } });
    const problem = problemOf(() => of(host('hv01', { vars: { ansible_ssh_common_args: words } })));
    expect(problem.message).toContain('ansible_ssh_common_args of hv01: ');
    expect(problem.message).toContain(message);
    const typed = settingsFrom({ flags: { config: 'none', commonArgs: words } });
    const refused = problemOf(() => typed.of(host('hv01')));
    expect(refused.message).toContain('--ssh-common-args: ');
    expect(refused.message).toContain(message);
  });

  test('all mistakes of a file are told at once', async () => {
    const file = await written('Prot 22\nUser\nPort 22\nIdentitiesOnly perhaps\n');
    const { message } = problemOf(() => settingsFrom({ flags: { config: file } }).of(host('hv01')));
    expect(message.split('\n').map((line) => line.slice(file.length, file.length + 3))).toEqual([':1:', ':2:', ':4:']);
  });

  test('what concerns other hosts only stands in nobody’s way', async () => {
    const file = await written(
      'Host laptop\n RemoteCommand top\n IdentityFile ~bob/key\nMatch host laptop exec "false"\n Port 7\n',
    );
    expect(settingsFrom({ flags: { config: file } }).of(host('hv01')).port).toBe(22);
  });

  test('a file that is not there is named', () => {
    const { message } = problemOf(() => settingsFrom({ flags: { config: '/nonexistent/config' } }).of(host('hv01')));
    expect(message).toBe('/nonexistent/config: there is no such file.');
  });

  test('the user’s file is not read when others may write it, as ssh does', async () => {
    const home = join(directory, 'open-home');
    await mkdir(join(home, '.ssh'), { recursive: true });
    await writeFile(join(home, '.ssh/config'), 'User own\n');
    await chmod(join(home, '.ssh/config'), 0o666);
    const { message } = problemOf(() => settingsFrom({ home }).of(host('hv01')));
    expect(message).toContain('others may write it');
    await chmod(join(home, '.ssh/config'), 0o644);
    expect(settingsFrom({ home }).of(host('hv01')).user).toBe('own');
  });
});

describe('with Match exec allowed', () => {
  test('its command gets its tokens, and is not run when another condition fails', async () => {
    const file = await written(
      'Match host hv01 exec "test %h = %n -a %p = 22"\n Port 7\nMatch host hv02 exec "fails"\n Port 8\n',
    );
    const ran: string[] = [];
    const { of } = settingsFrom({
      flags: { config: file },
      matchExec: (command) => {
        ran.push(command);
        return command.startsWith('test');
      },
    });
    expect([of(host('hv01')).port, of(host('hv02')).port, of(host('hv03')).port]).toEqual([7, 22, 22]);
    expect(ran).toEqual(['test hv01 = hv01 -a 22 = 22', 'fails']);
  });
});

describe('what only ssh itself can do', () => {
  test.each([
    ['ProxyCommand nc %h %p\n', 'ProxyCommand is set'],
    ['CertificateFile /k/a-cert.pub\n', 'CertificateFile is set'],
    [
      'PreferredAuthentications gssapi-with-mic,hostbased\n',
      'PreferredAuthentications allows gssapi-with-mic, hostbased alone',
    ],
    ['PKCS11Provider /usr/lib/opensc.so\n', 'pkcs11provider is set'],
    ['KexAlgorithms sntrup761x25519-sha512@openssh.com\n', 'kexalgorithms allows nothing that ssh2 can do'],
    ['MACs umac-64@openssh.com,umac-128@openssh.com\n', 'macs allows nothing that ssh2 can do'],
    ['PubkeyAcceptedAlgorithms ssh-ed25519\n', 'pubkeyacceptedalgorithms is set'],
    ['CanonicalizeHostname yes\n', 'canonicalizehostname is set'],
    ['KnownHostsCommand /usr/bin/keys %H\n', 'knownhostscommand is set'],
  ])('%s is a requirement, with its line', async (text, why) => {
    const file = await written(`# \n${text}`);
    expect(settingsFrom({ flags: { config: file } }).of(host('hv01')).requires).toEqual([{ why, at: `${file}:2` }]);
  });

  test('tickets before all else are a requirement where they are allowed', async () => {
    const order = 'PreferredAuthentications gssapi-with-mic,publickey\n';
    const file = await written(`GSSAPIAuthentication yes\n${order}`);
    const why = 'PreferredAuthentications puts gssapi-with-mic first';
    expect(settingsFrom({ flags: { config: file } }).of(host('hv01')).requires).toEqual([{ why, at: `${file}:2` }]);
    const without = await written(order);
    expect(settingsFrom({ flags: { config: without } }).of(host('hv01')).requires).toEqual([]);
  });

  test.each([
    'ProxyCommand none',
    'CertificateFile none',
    'CanonicalizeHostname no',
    'GSSAPIAuthentication yes',
    'KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256',
    'PubkeyAcceptedAlgorithms +ssh-rsa',
    'HostKeyAlgorithms +ssh-rsa',
    'VerifyHostKeyDNS ask',
  ])('%s is none', async (text) => {
    const file = await written(`${text}\n`);
    expect(settingsFrom({ flags: { config: file } }).of(host('hv01')).requires).toEqual([]);
  });

  test('a jump host that needs it makes all behind it need it', async () => {
    const file = await written('Host hv*\n ProxyJump bastion\nHost bastion\n ProxyCommand nc %h %p\n');
    const { requires } = settingsFrom({ flags: { config: file } }).of(host('hv01'));
    expect(requires).toEqual([{ why: 'the jump host bastion needs it: ProxyCommand is set', at: `${file}:4` }]);
  });
});

test('what has no effect is said once, however many hosts and lines there are', async () => {
  const file = await written(
    'Host hv*\n LocalForward 1 a:2\n LocalForward 3 b:4\nHost *\n Tunnel no\n RemoteForward 1 a:2\n',
  );
  const settings = settingsFrom({ flags: { config: file } });
  for (const name of ['hv01', 'hv02', 'other']) settings.of(host(name));
  expect(settings.warnings().map(({ message }) => message)).toEqual([
    `${file}:2: localforward has no effect here`,
    `${file}:6: remoteforward has no effect here`,
  ]);
});

test('jump hosts that many share are settled once', async () => {
  const file = await written('Host hv*\n ProxyJump bastion\n');
  const { of } = settingsFrom({ flags: { config: file } });
  expect(of(host('hv01')).jump).toBe(of(host('hv02')).jump);
});
