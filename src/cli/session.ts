import { join } from 'node:path';
import { openStore } from '../artifacts/index.ts';
import { becomeOf, becoming, passwords } from '../become/index.ts';
import { transportOver } from '../connection/index.ts';
import type { Bus } from '../events/index.ts';
import { type HostLock, keepConnections, type Services } from '../execute/index.ts';
import type { Access } from './access.ts';
import { fileDigest, hostLibraries, newNonce, sha256, systemClock } from './adapters.ts';
import { hostShells } from './host-shells.ts';

/** So many idle connections are kept for a later play; a fleet of thousands is connected to anew. */
const idleConnections = 200;

/** A host's name as one that a directory may have. */
const directoryName = (host: string): string =>
  encodeURIComponent(host).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));

/**
 * The real services behind a run.
 * @param directory what is fetched from hosts is put below it, in `fetched/HOST`
 */
export const services = (
  run: string,
  bus: Bus,
  storeDirectory: string,
  lock: HostLock,
  directory: string,
  access: Access,
): Services => ({
  bus,
  run,
  lock,
  clock: systemClock,
  connections: keepConnections(
    transportOver(
      becoming(hostShells(access), (host) => becomeOf(host, access.become), {
        clock: systemClock,
        nonce: newNonce,
        passwords: passwords(),
        secrets: access.secrets,
      }),
    ),
    idleConnections,
  ),
  libraries: hostLibraries(),
  store: openStore(storeDirectory),
  // Joined to the root first: no way leads out of it by `..`.
  fetchedTo: (host, path) => join(directory, 'fetched', directoryName(host), join('/', path)),
  secrets: access.secrets,
  nonce: newNonce,
  sha256,
  fileDigest,
});
