import { access, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { knownHostsStore } from './known-hosts-store.ts';
import { privateKeyType } from './public-part.ts';

/** Public keys that ssh2 knows nothing of: certificates, and keys of FIDO tokens. */
const beyondSsh2 = /-cert-v\d\d@openssh\.com$|^sk-/;

/** SSH_AGENTC_REQUEST_IDENTITIES and its answer (draft-miller-ssh-agent). */
const askIdentities = Buffer.from([0, 0, 0, 1, 11]);
const identitiesAnswer = 12;

const agentAnswer = (socket: string): Promise<Buffer> =>
  new Promise((resolve) => {
    let said = Buffer.alloc(0);
    const agent = createConnection(socket, () => agent.write(askIdentities));
    agent.setTimeout(5_000, () => agent.destroy());
    agent.on('data', (chunk) => {
      said = Buffer.concat([said, chunk]);
      if (said.length >= 4 && said.length >= 4 + said.readUInt32BE(0)) agent.destroy();
    });
    agent.on('error', () => {});
    agent.on('close', () => resolve(said));
  });

/** The types of the keys that an agent holds. ssh2's own list leaves out those that it cannot use. */
const agentKeyTypes = async (socket: string): Promise<readonly string[]> => {
  const answer = await agentAnswer(socket);
  const types: string[] = [];
  try {
    if (answer.readUInt8(4) !== identitiesAnswer) return [];
    let at = 9;
    const field = (): Buffer => {
      const length = answer.readUInt32BE(at);
      at += 4 + length;
      return answer.subarray(at - length, at);
    };
    for (let left = answer.readUInt32BE(5); left > 0; left -= 1) {
      const blob = field();
      types.push(blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)));
      field();
    }
  } catch {
    // Cut off, or no agent: whoever logs in will say so.
  }
  return types;
};

const fileNeeds = async (path: string): Promise<string | undefined> => {
  const certificate = await access(`${path}-cert.pub`).then(
    () => true,
    () => false,
  );
  if (certificate) return `${path}-cert.pub is a certificate`;
  const content = await readFile(path, 'utf8').catch(() => '');
  const [beside = ''] = (await readFile(`${path}.pub`, 'utf8').catch(() => '')).split(' ');
  const type = privateKeyType(content) ?? beside;
  return beyondSsh2.test(type) ? `${path} is a key of a FIDO token` : undefined;
};

/**
 * Says why a host has to be connected to by ssh(1), or nothing where ssh2 will do: what its settings require, a
 * certificate or FIDO key among those to log in with, or a host key that only a certificate authority vouches for. Files
 * and agents are looked at once.
 */
export const needsOpenssh = (): ((host: Host, settings: ConnectionSettings) => Promise<string | undefined>) => {
  const knownKeys = knownHostsStore();
  const files = new Map<string, Promise<string | undefined>>();
  const agents = new Map<string, Promise<readonly string[]>>();

  const once = <T>(known: Map<string, Promise<T>>, key: string, look: (key: string) => Promise<T>): Promise<T> => {
    const before = known.get(key) ?? look(key);
    known.set(key, before);
    return before;
  };

  return async (host, settings) => {
    const [requirement] = settings.requires;
    if (requirement !== undefined) return requirement.why;
    if (settings.publicKeyLogin === 'yes') {
      for (const { path } of settings.identityFiles) {
        const need = await once(files, path, fileNeeds);
        if (need !== undefined) return need;
      }
      const named = settings.identityFiles.some(({ from }) => from !== 'default');
      if (settings.identityAgent !== null && !named) {
        const types = await once(agents, settings.identityAgent, agentKeyTypes);
        const beyond = types.find((type) => beyondSsh2.test(type));
        if (beyond !== undefined) return `the SSH agent holds a key of type ${beyond}`;
      }
    }
    const known = await knownKeys.lookUp(host, settings);
    return known.authorities.length > 0 && known.trusted.length === 0
      ? 'a certificate authority vouches for its host key'
      : undefined;
  };
};
