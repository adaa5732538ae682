import type { BaseAgent, IdentityCallback, ParsedKey } from 'ssh2';
import { fingerprint } from './host-key.ts';
import { ssh2 } from './ssh2.ts';

/** A key that an SSH agent holds, and an agent that knows no other key: so that it is us who chooses which are tried. */
export interface AgentKey {
  readonly fingerprint: string;
  readonly comment: string;
  readonly agent: BaseAgent;
}

/** The same agent, which names one key. */
const only = (agent: BaseAgent, key: ParsedKey): BaseAgent =>
  Object.create(agent, {
    getIdentities: { value: (done: IdentityCallback<ParsedKey>) => done(undefined, [key]) },
  });

/** The keys of the agent at a socket, in its own order; without certificates and hardware keys. Rejects with ssh2's error. */
export const agentKeys = (socket: string): Promise<readonly AgentKey[]> =>
  new Promise((resolve, reject) => {
    const agent = new ssh2.OpenSSHAgent(socket);
    agent.getIdentities((error, keys) => {
      if (error !== undefined && error !== null) {
        reject(error);
        return;
      }
      resolve(
        (keys ?? [])
          .filter((key) => 'getPublicSSH' in key)
          .map((key) => ({
            fingerprint: fingerprint(key.getPublicSSH()),
            comment: key.comment,
            agent: only(agent, key),
          })),
      );
    });
  });
