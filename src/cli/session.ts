import { openStore } from '../artifacts/index.ts';
import { transportOver } from '../connection/index.ts';
import type { Bus } from '../events/index.ts';
import { type HostLock, keepConnections, type Services } from '../execute/index.ts';
import { sshShells } from '../ssh/index.ts';
import { fileDigest, hostLibraries, newNonce, sha256, systemClock } from './adapters.ts';
import { home } from './options.ts';

/** So many idle connections are kept for a later play; a fleet of thousands is connected to anew. */
const idleConnections = 200;

/** The real services behind a run. */
export const services = (run: string, bus: Bus, storeDirectory: string, lock: HostLock): Services => ({
  bus,
  run,
  lock,
  clock: systemClock,
  connections: keepConnections(
    transportOver(sshShells({ home, agentSocket: process.env['SSH_AUTH_SOCK'], random: Math.random })),
    idleConnections,
  ),
  libraries: hostLibraries(),
  store: openStore(storeDirectory),
  nonce: newNonce,
  sha256,
  fileDigest,
});
