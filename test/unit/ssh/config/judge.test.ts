import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../../../src/model/connection-settings.ts';
import { FleetError } from '../../../../src/model/error.ts';
import { asSettings, comparable, hopsIn, judged, resolved } from './support.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-ssh-config-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let count = 0;
/** Writes a file and those that it includes; `HERE` in them is their directory. */
const written = async (text: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  count += 1;
  const own = join(directory, String(count));
  for (const [name, content] of Object.entries({ config: text, ...more })) {
    const path = join(own, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content.replaceAll('HERE', own), { mode: 0o600 });
  }
  return join(own, 'config');
};

/** Asks ssh(1) about a host, and about every host that it is reached through. */
const expectAgreement = async (
  file: string,
  name: string,
  ours: ConnectionSettings | FleetError,
  words: readonly string[] = [],
): Promise<void> => {
  const judgement = await judged(file, name, words);
  if (judgement === null || ours instanceof FleetError) {
    expect({ refused: ours instanceof FleetError }).toEqual({ refused: judgement === null });
    return;
  }
  expect(comparable(ours)).toEqual(asSettings(judgement));
  const next = hopsIn(judgement.get('proxyjump')?.[0]).at(-1);
  if (next !== undefined && ours.jump !== null) await expectAgreement(file, next.host, ours.jump, next.words);
};

/** As ssh_config has variables of the environment. */
const variable = (name: string): string => `\${${name}}`;

const hosts = ['hv01', 'hv02.example.org', 'HV03', '192.0.2.7', 'bastion'];

interface Case {
  readonly title: string;
  readonly text: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly hosts?: readonly string[];
}

const cases: readonly Case[] = [
  { title: 'nothing', text: '' },
  { title: 'comments and blank lines', text: '# all\n\n   # more\n\t\nHost * # every host\n  Port 2222 # a port\n' },
  { title: 'values before any Host', text: 'User ops\nPort 2200\nHost hv01\n User other\n' },
  { title: 'the first value', text: 'Host hv*\n Port 1\n Port 2\nHost hv01\n Port 3\n User a\nHost *\n User b\n' },
  { title: 'patterns', text: 'Host hv0?\n User a\nHost *.example.org 192.0.2.*\n User b\nHost HV*\n Port 3\n' },
  { title: 'negated patterns', text: 'Host * !hv01 !192.*\n User a\nHost !hv01\n Port 7\nHost hv* !hv02*\n Port 8\n' },
  {
    title: 'equals signs and quotes',
    text: 'Host = hv01\nUser="ops team"\nPort = 2201\nHost "hv02.example.org"\nHostName=\'10.0.0.2\'\n',
  },
  { title: 'keywords in any case', text: 'HOST *\nhostname X.Example.ORG\nPORT 23\nidentitiesONLY YES\n' },
  { title: 'tabs and carriage returns', text: 'Host\thv01\r\n\tPort\t2202\r\n  User   ops \r\n' },
  { title: 'HostName with the name in it', text: 'Host hv*\n HostName %h.int.example.org\n' },
  { title: 'HostName with a per cent sign', text: 'HostName fe80::1%%eth0\n' },
  {
    title: 'several key files',
    text: 'IdentityFile ~/.ssh/a\nHost hv01\nIdentityFile /k/b\nIdentityFile "/k/with space"\nIdentityFile /k/b\n',
  },
  { title: 'no key file', text: 'IdentityFile none\nIdentitiesOnly yes\n' },
  { title: 'no agent', text: 'IdentityAgent none\n' },
  {
    title: 'an agent of its own',
    text: `Host hv01\nIdentityAgent ~/agent.%h\nHost *\nIdentityAgent "/run/a b/${variable('FLEET_HOME')}/s"\n`,
  },
  { title: 'certificates', text: 'CertificateFile ~/.ssh/a-cert.pub\nCertificateFile /k/b-cert.pub\n' },
  {
    title: 'one jump host',
    text: 'Host hv*\n ProxyJump bastion\nHost bastion\n HostName 203.0.113.1\n Port 2022\n User jump\n',
  },
  {
    title: 'jump hosts with users and ports',
    text: 'Host hv*\n ProxyJump a@b1:22022,c@b2 # the way\nHost b?\n HostName %h.example.org\n User nobody\n',
  },
  {
    title: 'a jump host with a jump host',
    text: 'Host hv*\n ProxyJump inner\nHost inner\n ProxyJump outer\n User i\nHost outer\n Port 99\n',
  },
  {
    title: 'several jump hosts of which the first has one',
    text: 'Host hv*\n ProxyJump one,two,three\nHost one three\n ProxyJump zero\n',
  },
  {
    title: 'a jump host as URI',
    text: 'Host hv01\n ProxyJump ssh://me@b1:2022\nHost hv02*\n ProxyJump [2001:db8::1]:2022\n',
  },
  { title: 'no jump host for one', text: 'Host hv01\n ProxyJump none\nHost hv*\n ProxyJump bastion\n' },
  {
    title: 'a jump host before a command',
    text: 'Host hv01\n ProxyJump b\nHost *\n ProxyCommand nc %h %p\n',
    hosts: ['hv01'],
  },
  {
    title: 'a command before a jump host',
    text: 'Host hv01\n ProxyCommand none\nHost *\n ProxyJump bastion\n',
    hosts: ['hv01'],
  },
  { title: 'a command', text: 'Host *\n ProxyCommand=nc -X 5 proxy 22 # no comment\n' },
  {
    title: 'known_hosts files',
    text: `UserKnownHostsFile ~/.ssh/kh_%h /k/${variable('FOO')}\nGlobalKnownHostsFile /etc/k1 /etc/k2\n`,
    hosts: ['hv01', 'HV03'],
  },
  { title: 'no known_hosts file', text: 'UserKnownHostsFile none\nGlobalKnownHostsFile none\nHashKnownHosts yes\n' },
  {
    title: 'host key checking',
    text: 'Host hv01\nStrictHostKeyChecking yes\nHost hv02*\nStrictHostKeyChecking accept-new\nHost HV03\nStrictHostKeyChecking off\nHost bastion\nStrictHostKeyChecking no\n',
  },
  { title: 'an alias for the key', text: 'Host hv*\nHostKeyAlias pool\nPort 2222\n' },
  {
    title: 'keepalives and time limits',
    text: 'ServerAliveInterval 1m30s\nServerAliveCountMax 5\nConnectTimeout 2m\n',
  },
  { title: 'a time limit after none', text: 'ConnectTimeout none\nConnectTimeout 5\nServerAliveInterval none\n' },
  {
    title: 'a forwarded agent of which the path comes later',
    text: 'ForwardAgent yes\nForwardAgent /a\nForwardAgent /b\n',
  },
  { title: 'HostName in the second pass', text: 'Match final\nHostName %h.int\nHost HV03\nHostName X%%Y\n' },
  { title: 'time limits without one', text: 'ConnectTimeout none\nServerAliveInterval 0\n' },
  { title: 'variables to send', text: 'SendEnv LANG LC_*\nHost hv01\nSendEnv FOO -LC_*\nSendEnv BA?\n' },
  { title: 'variables to set', text: 'Host hv*\nSetEnv A=1 "B=two words" C=\nSetEnv D=4\nHost *\nSetEnv E=5\n' },
  {
    title: 'a forwarded agent',
    text: 'Host hv01\nForwardAgent yes\nHost hv02*\nForwardAgent /run/agent\nHost *\nForwardAgent no\n',
  },
  {
    title: 'login methods',
    text: 'PreferredAuthentications publickey,password\nGSSAPIAuthentication yes\nPubkeyAuthentication no\nPasswordAuthentication no\nChallengeResponseAuthentication no\n',
  },
  {
    title: 'an address family and a source',
    text: 'Host hv01\nAddressFamily inet\nHost *\nAddressFamily inet6\nBindAddress 192.0.2.1\n',
  },
  { title: 'Match all', text: 'Match all\n Port 24\nHost hv01\n User a\nMatch All\n User b\n' },
  {
    title: 'Match host',
    text: 'Host hv01\n HostName hv02.example.org\nMatch host *.Example.org,!hv09*\n User a\nMatch host hv01\n User never\nMatch originalhost hv01\n Port 24\n',
  },
  {
    title: 'Match user',
    text: 'Host hv01\n User ops\nMatch user ops\n Port 24\nMatch user root,admin\n Port 25\nMatch user *,!root\n Port 26\n',
  },
  {
    title: 'Match with several conditions',
    text: 'Host hv01\n User ops\nMatch host hv* user ops\n Port 24\nMatch !host hv* localuser *\n Port 25\nMatch localuser nobody\n Port 26\n',
  },
  {
    title: 'Match final',
    text: 'Match final host *.int\n User late\n Port 24\nHost hv01\n HostName hv01.int\nHost hv01.int\n IdentityFile /k/final\nMatch !final\n IdentityFile /k/first\nMatch canonical all\n ConnectTimeout 7\n',
  },
  { title: 'Match without a condition that is known', text: 'Match weather sunny\n Port 24\n' },
  { title: 'Match all with more', text: 'Match all host hv01\n Port 24\n' },
  { title: 'Match with nothing', text: 'Match\n Port 24\n' },
  {
    title: 'included files',
    text: 'Include HERE/conf.d/*.conf HERE/none/*\nPort 2\n',
    more: {
      'conf.d/20.conf': 'User second\nPort 20\n',
      'conf.d/10.conf': 'User first\n',
      'conf.d/.hidden.conf': 'Port 1\n',
      'conf.d/readme': 'nonsense',
    },
  },
  {
    title: 'files included for some',
    text: 'Host hv01\nInclude HERE/a\nUser after\nHost hv02*\nInclude HERE/b\n',
    more: { a: 'Port 7\nHost HV03\nPort 8\nHost hv01\nUser within\n', b: 'Match all\nPort 9\n' },
  },
  {
    title: 'files that include others',
    text: 'Include HERE/[ab]\n',
    more: { a: 'Include HERE/c\nPort 4\n', b: 'User b\n', c: 'Host hv01\nPort 3\n' },
  },
  { title: 'a mistake in an included file', text: 'Host nobody\nInclude HERE/a\n', more: { a: 'Prot 7\n' } },
  {
    title: 'words that it is told not to know',
    text: 'IgnoreUnknown UseKeychain,Add*\nUseKeychain yes\nAddNothing 7\nPort 5\n',
  },
  { title: 'a word that it does not know', text: 'UseKeychain yes\n' },
  { title: 'a mistake for another host', text: 'Host other\n Prot 22\n' },
  { title: 'a port that is none', text: 'Port 70000\n' },
  { title: 'a time that is none', text: 'ConnectTimeout soon\n' },
  { title: 'neither yes nor no', text: 'IdentitiesOnly maybe\n' },
  { title: 'a checking that is none', text: 'StrictHostKeyChecking sometimes\n' },
  { title: 'nothing after a keyword', text: 'Host hv01\nUser\n' },
  { title: 'too much after a keyword', text: 'Port 22 23\n' },
  { title: 'a quotation that does not end', text: 'User "ops\n' },
  { title: 'a variable that is not set', text: `IdentityAgent ${variable('NOT_SET')}/agent\n` },
  {
    title: 'old words',
    text: 'Protocol 2\nCipher blowfish\nRhostsRSAAuthentication no\nUsePrivilegedPort no\nPort 6\n',
  },
  {
    title: 'what is not ours',
    text: 'ControlMaster auto\nControlPath ~/.ssh/%C\nControlPersist 60s\nCompression yes\nLogLevel ERROR\nVisualHostKey yes\nTCPKeepAlive no\n',
  },
];

describe('ssh_config means what ssh -G says of', () => {
  test.each(cases)('$title', async ({ text, more, hosts: names = hosts }) => {
    const file = await written(text, more);
    for (const name of names) await expectAgreement(file, name, resolved(file, name));
  });
});
