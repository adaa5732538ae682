import { join } from 'node:path';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { fromHome } from './home.ts';
import { knownHostsName } from './host-patterns.ts';

/** How a host is reached where nobody but the inventory speaks. */
export const plainSettings =
  (home: string, agentSocket: string | undefined, systemKnownHosts = '/etc/ssh/ssh_known_hosts') =>
  (host: Host): ConnectionSettings => ({
    name: host.name,
    argument: host.address,
    hostName: host.address,
    port: host.port,
    user: host.user,
    addressFamily: 0,
    bindAddress: null,
    jump: null,
    proxyCommand: null,
    identityFiles:
      host.privateKeyFile === undefined ? [] : [{ path: fromHome(host.privateKeyFile, home), from: 'inventory' }],
    certificateFiles: [],
    identitiesOnly: 'no',
    identityAgent: agentSocket === undefined || agentSocket === '' ? null : agentSocket,
    publicKeyLogin: 'yes',
    passwordLogin: 'yes',
    keyboardInteractiveLogin: 'yes',
    loginOrder: null,
    forwardAgent: 'no',
    hostKeyName: knownHostsName(host.address, host.port),
    hostKeyBareName: host.port === 22 ? null : host.address.toLowerCase(),
    hostKeyChecking: 'strict',
    uncheckedAt: null,
    userKnownHostsFiles: host.knownHostsFiles?.map((file) => fromHome(file, home)) ?? [join(home, '.ssh/known_hosts')],
    globalKnownHostsFiles: host.knownHostsFiles === undefined ? [systemKnownHosts] : [],
    hashKnownHosts: 'no',
    connectTimeout: null,
    serverAliveInterval: null,
    serverAliveCount: null,
    environment: {},
    algorithms: { hostKey: null, kex: null, cipher: null, mac: null, publicKey: null },
    requires: [],
    sshOptions: [],
    sources: {},
  });
