import type { ArtifactStore } from '../artifacts/index.ts';
import type { Bus } from '../events/index.ts';
import type { Host } from '../model/host.ts';
import type { Clock, Connection } from '../model/ports.ts';
import type { LibrarySource, SecretBook } from '../shell/index.ts';

/** Connections by host: one each, made when first asked for. */
export interface Connections {
  /** The open connection of a host, or a new one. Rejects with `ConnectionError`. */
  get(host: Host, signal?: AbortSignal): Promise<Connection>;
  /** A connection of its own, never shared; the caller closes it. */
  fresh(host: Host, signal?: AbortSignal): Promise<Connection>;
  /** Forgets a connection that was found to be dead. */
  drop(host: Host): void;
  /** Says that the host is not needed for now. */
  release(host: Host): Promise<void>;
  closeAll(): Promise<void>;
}

/** How a run takes the hosts that it changes. */
export interface HostLock {
  /** Who runs it, from where: `alice@ctl1:/srv/fleet`. Two runs of one owner are never at work at the same time. */
  readonly owner: string;
  /** Runs that this one goes on with: what they left at work on a host is waited for. */
  readonly earlier: readonly string[];
  /** Whether a host that somebody else's run has is left alone or taken from it. */
  readonly whenTaken: 'refuse' | 'steal';
}

/** What running needs from the outside. */
export interface Services {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly connections: Connections;
  readonly libraries: LibrarySource;
  readonly store: ArtifactStore;
  /** Where a file that is fetched from a host is put; `path` is relative and stays below that host's directory. */
  readonly fetchedTo: (host: string, path: string) => string;
  /** 16 hex digits, another each time. */
  readonly nonce: () => string;
  readonly sha256: (text: string) => string;
  /** Digest of a file of the controller; rejects with a `FleetError` when it cannot be read. */
  readonly fileDigest: (file: string) => Promise<string>;
  readonly run: string;
  /** Opens secrets for a host's stdin, and hides them in what hosts print. */
  readonly secrets: SecretBook;
  /** In whose name hosts are changed. */
  readonly lock: HostLock;
}
