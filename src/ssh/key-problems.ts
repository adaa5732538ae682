import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { hostFacts } from './naming.ts';

export const keyUnusable = (host: Host, file: string, why: string, remedy: string, cause?: unknown): ConnectionError =>
  new ConnectionError(
    'auth',
    {
      code: 'ssh.private-key',
      message: `${host.name}: the private key ${file} ${why}.`,
      remedy,
      facts: { ...hostFacts(host), file },
    },
    cause,
  );

export const keyLocked = (host: Host, file: string): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.private-key-encrypted',
    message: `${host.name}: the private key ${file} has a passphrase: no SSH agent holds it, and nobody is there to be asked.`,
    remedy: `eval "$(ssh-agent)" && ssh-add ${quote(file)}`,
    facts: { ...hostFacts(host), file },
  });

export const keyPassphraseWrong = (host: Host, file: string): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.passphrase-wrong',
    message: `${host.name}: the passphrase that was given does not open the private key ${file}.`,
    remedy: `ssh-keygen -y -f ${quote(file)} asks for it too; then start again`,
    facts: { ...hostFacts(host), file },
  });

export const noWayIn = (host: Host, notes: readonly string[]): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.no-identity',
    message:
      `${host.name}: there is nothing to log in with: no key is named or lies in ~/.ssh, no SSH agent holds one, and no password is given.` +
      (notes.length === 0 ? '' : ` Left out: ${notes.join('; ')}.`),
    remedy:
      'eval "$(ssh-agent)" && ssh-add, or set ansible_ssh_private_key_file in the inventory, or -k for a password',
    facts: hostFacts(host),
  });

export const passwordExpired = (host: Host): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.password-expired',
    message: `${host.name}: the password of ${host.user} has expired, and the host wants a new one before it lets anybody in.`,
    remedy: `ssh ${quote(`${host.user}@${host.address}`)} -p ${host.port}, and change it there`,
    facts: hostFacts(host),
  });

export const passwordRefused = (host: Host): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.auth',
    message: `${host.name}: the host does not take the password of ${host.user}. It was tried once.`,
    remedy: `ssh ${quote(`${host.user}@${host.address}`)} -p ${host.port} tries it by hand; correct ansible_password, or -k`,
    facts: hostFacts(host),
  });

export const asksForMore = (host: Host, prompts: readonly string[]): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.asks-for-more',
    message: `${host.name}: the host asks ${host.user} for more than a password (${prompts.map((prompt) => `"${prompt.trim()}"`).join(', ')}), which is not answered.`,
    remedy: 'Log in with a key there, or through a host that needs no second factor (ProxyJump)',
    facts: hostFacts(host),
  });
