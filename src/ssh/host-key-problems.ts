import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { fingerprint, type KnownKeys } from './host-key.ts';
import { type KnownHostKey, wireKeyType } from './known-hosts.ts';
import { endpoint, enrolLine, hostFacts } from './naming.ts';
import { errorMessage } from './reasons.ts';

/** A key as a host showed it. */
export interface ShownKey {
  readonly keyType: string;
  readonly key: Buffer;
}

export const shownKey = (key: Buffer): ShownKey => ({ keyType: wireKeyType(key) ?? 'unreadable', key });

const place = (known: KnownHostKey): string => `${known.file}:${known.line}`;

const shownText = (host: Host, { keyType, key }: ShownKey): string =>
  `the host key of ${endpoint(host)} (${keyType} ${fingerprint(key)})`;

const brokenLines = (known: KnownKeys): string =>
  known.broken.length === 0
    ? ''
    : ` Lines that could not be read: ${known.broken.map(({ file, line, reason }) => `${file}:${line} (${reason})`).join(', ')}.`;

const onConsole = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub';

const unchecked = ({ uncheckedAt }: ConnectionSettings): string =>
  uncheckedAt === null
    ? ''
    : ` That ${uncheckedAt} says not to verify it counts only with --insecure-no-host-key-check.`;

export const hostKeyUnknown = (
  host: Host,
  settings: ConnectionSettings,
  shown: ShownKey,
  known: KnownKeys,
): ConnectionError => {
  const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
  const [authority] = known.authorities;
  const certified =
    authority === undefined
      ? ''
      : ` ${place(authority)} trusts certificates alone, which only the OpenSSH transport can check.`;
  return new ConnectionError('host-key-unknown', {
    code: 'ssh.host-key-unknown',
    message:
      `${host.name}: ${shownText(host, shown)} is in ` +
      `${files.length === 0 ? 'no known_hosts file, for none is read' : `none of ${files.join(', ')}`}.` +
      `${certified}${brokenLines(known)}${unchecked(settings)}`,
    remedy:
      authority === undefined
        ? `Compare it with what the host's own console says to: ${onConsole} (or the file of that key type). If it is the same: ${enrolLine(host)}`
        : 'Add --transport openssh, or ovsfleet_transport: openssh in the inventory',
    facts: { ...hostFacts(host), keyType: shown.keyType, fingerprint: fingerprint(shown.key) },
  });
};

export const hostKeyChanged = (host: Host, shown: ShownKey, known: KnownHostKey): ConnectionError =>
  new ConnectionError('host-key-changed', {
    code: 'ssh.host-key-changed',
    message:
      `${host.name}: the host key of ${endpoint(host)} is not the known one: it shows ${shown.keyType} ${fingerprint(shown.key)}, ` +
      `${place(known)} has ${known.keyType} ${fingerprint(known.key)}. ` +
      'Either the host was installed anew, or its address went to another machine, or somebody sits between you and it. Nothing was sent.',
    remedy:
      `Ask who changed it, and compare with what the host's own console says to: ${onConsole}. ` +
      `Only if it is the same: ${enrolLine(host, '--replace')}`,
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
      `${host.name}: ${shownText(host, shown)} is revoked in ${place(known)}: ` +
      'whoever holds it can pose as this host. Nothing was sent.',
    remedy: `Make new host keys on the host's own console: rm /etc/ssh/ssh_host_*; ssh-keygen -A; then: ${enrolLine(host, '--replace')}`,
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

export const unwritableKnownHosts = (host: Host, file: string, cause: unknown): ConnectionError =>
  new ConnectionError(
    'host-key-unknown',
    {
      code: 'ssh.known-hosts-unwritable',
      message: `${host.name}: its host key cannot be recorded in ${file}: ${errorMessage(cause)}.`,
      remedy: `ls -ld ${quote(file)}; ls -ld "$(dirname ${quote(file)})"`,
      facts: { ...hostFacts(host), file },
    },
    cause,
  );
