import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { fingerprint, type KnownKeys } from './host-key.ts';
import { knownHostsName } from './host-patterns.ts';
import type { KnownHostKey } from './known-hosts.ts';
import { endpoint, hostFacts, sshLine } from './naming.ts';
import { errorMessage } from './reasons.ts';

interface ShownKey {
  readonly keyType: string;
  readonly key: Buffer;
}

const place = (known: KnownHostKey): string => `${known.file}:${known.line}`;

const forget = (host: Host, known: KnownHostKey): string =>
  `ssh-keygen -R ${quote(knownHostsName(host.address, host.port))} -f ${quote(known.file)}`;

const keyscan = (host: Host, file: string): string =>
  `ssh-keyscan ${host.port === 22 ? '' : `-p ${host.port} `}${quote(host.address)} >> ${quote(file)}`;

const brokenLines = (known: KnownKeys): string =>
  known.broken.length === 0
    ? ''
    : ` Lines that could not be read: ${known.broken.map(({ file, line, reason }) => `${file}:${line} (${reason})`).join(', ')}.`;

/** `files` are those that were looked into; the first is the one to add the key to. */
export const hostKeyUnknown = (
  host: Host,
  shown: ShownKey,
  known: KnownKeys,
  files: readonly string[],
): ConnectionError =>
  new ConnectionError('host-key-unknown', {
    code: 'ssh.host-key-unknown',
    message:
      `${host.name}: the host key of ${endpoint(host)} (${shown.keyType} ${fingerprint(shown.key)}) ` +
      `is in none of ${files.join(', ')}.${brokenLines(known)}`,
    remedy:
      `On the host's own console compare with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub (or the file of that key type). ` +
      (host.knownHostsFiles === undefined
        ? `If it is the same: ${sshLine(host)} and answer yes, or `
        : 'If it is the same: ') +
      keyscan(host, files[0] ?? '~/.ssh/known_hosts'),
    facts: { ...hostFacts(host), keyType: shown.keyType, fingerprint: fingerprint(shown.key) },
  });

export const hostKeyChanged = (host: Host, shown: ShownKey, known: KnownHostKey): ConnectionError =>
  new ConnectionError('host-key-changed', {
    code: 'ssh.host-key-changed',
    message:
      `${host.name}: the host key of ${endpoint(host)} is not the known one: it shows ${shown.keyType} ${fingerprint(shown.key)}, ` +
      `${place(known)} has ${known.keyType} ${fingerprint(known.key)}. ` +
      'Either the host was installed anew, or its address went to another machine, or somebody sits between you and it. Nothing was sent.',
    remedy:
      `Ask who changed it and compare with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the host's own console. ` +
      `Only if it is the same: ${forget(host, known)} && ${keyscan(host, known.file)}`,
    facts: {
      ...hostFacts(host),
      shown: fingerprint(shown.key),
      known: fingerprint(known.key),
      knownAt: place(known),
    },
  });

export const hostKeyRevoked = (host: Host, shown: ShownKey, known: KnownHostKey): ConnectionError =>
  new ConnectionError('host-key-changed', {
    code: 'ssh.host-key-revoked',
    message:
      `${host.name}: the host key of ${endpoint(host)} (${shown.keyType} ${fingerprint(shown.key)}) is revoked in ${place(known)}: ` +
      'whoever holds it can pose as this host. Nothing was sent.',
    remedy: `Make new host keys on the host's own console: rm /etc/ssh/ssh_host_*; ssh-keygen -A; then: ${keyscan(host, known.file)}`,
    facts: { ...hostFacts(host), shown: fingerprint(shown.key), knownAt: place(known) },
  });

export const unreadableKnownHosts = (host: Host, file: string, cause: unknown): ConnectionError =>
  new ConnectionError(
    'host-key-unknown',
    {
      code: 'ssh.known-hosts-unreadable',
      message: `${host.name}: its host key cannot be verified, for ${file} cannot be read: ${errorMessage(cause)}.`,
      remedy: `ls -l ${quote(file)}`,
      facts: { ...hostFacts(host), file },
    },
    cause,
  );
