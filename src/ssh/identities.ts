import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { fromHome } from './home.ts';
import { fingerprint } from './host-key.ts';
import { hostFacts } from './naming.ts';
import type { SshOptions } from './options.ts';
import { readPrivateKey } from './private-key.ts';

/** One way to prove who we are, and how to call it. */
export interface Identity {
  readonly title: string;
  readonly method: PublicKeyAuthMethod | AgentAuthMethod;
}

const agentIdentity = (host: Host, agentSocket: string): Identity => ({
  title: `the keys of the agent at ${agentSocket}`,
  method: { type: 'agent', username: host.user, agent: agentSocket },
});

const none = (host: Host): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.no-identity',
    message: `${host.name}: there is no key to log in with: the inventory names none, and no SSH agent is running.`,
    remedy: 'eval "$(ssh-agent)" && ssh-add, or set ansible_ssh_private_key_file in the inventory',
    facts: hostFacts(host),
  });

const encrypted = (host: Host, file: string): ConnectionError =>
  new ConnectionError('auth', {
    code: 'ssh.private-key-encrypted',
    message: `${host.name}: the private key ${file} has a passphrase, and no SSH agent is running that could hold it.`,
    remedy: `eval "$(ssh-agent)" && ssh-add ${quote(file)}`,
    facts: { ...hostFacts(host), file },
  });

/**
 * What to log in with, in order: the host's own key, then the agent. Nothing else is tried: each attempt is a round
 * trip, and sshd hangs up after a few (sshd_config(5), MaxAuthTries).
 */
export const identities = async (host: Host, options: SshOptions): Promise<readonly Identity[]> => {
  const agent = options.agentSocket ? [agentIdentity(host, options.agentSocket)] : [];
  if (host.privateKeyFile === undefined) {
    if (agent.length === 0) {
      throw none(host);
    }
    return agent;
  }
  const file = fromHome(host.privateKeyFile, options.home);
  const privateKey = await readPrivateKey(host, file);
  switch (privateKey.kind) {
    case 'encrypted':
      if (agent.length === 0) {
        throw encrypted(host, file);
      }
      return agent.map((identity) => ({
        ...identity,
        title: `${identity.title} (${file} itself has a passphrase: ssh-add it)`,
      }));
    case 'key': {
      const title = `${file} (${fingerprint(privateKey.key.getPublicSSH())})`;
      return [{ title, method: { type: 'publickey', username: host.user, key: privateKey.key } }, ...agent];
    }
  }
};
