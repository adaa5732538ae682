import type { Host } from '../model/host.ts';
import type { Connection, Transport } from '../model/ports.ts';
import type { Connections } from './services.ts';

/**
 * One connection a host, kept while the host is in use and for the next play as long as no more than `keep` are idle:
 * memory is bounded by the hosts in flight, not by the fleet.
 */
export const keepConnections = (transport: Transport, keep: number): Connections => {
  const open = new Map<string, Promise<Connection>>();
  const idle = new Set<string>();

  const close = async (name: string): Promise<void> => {
    const connecting = open.get(name);
    open.delete(name);
    idle.delete(name);
    try {
      await (await connecting)?.close();
    } catch {
      // It could not be made, or is gone already: nothing is left to close.
    }
  };

  return {
    get(host: Host, signal) {
      idle.delete(host.name);
      const known = open.get(host.name);
      if (known !== undefined) return known;
      const connecting = transport.connect(host, signal);
      open.set(host.name, connecting);
      connecting.catch(() => {
        if (open.get(host.name) === connecting) open.delete(host.name);
      });
      return connecting;
    },
    fresh: (host, signal) => transport.connect(host, signal),
    drop(host) {
      void close(host.name);
    },
    async release(host) {
      if (!open.has(host.name)) return;
      idle.add(host.name);
      const [oldest] = idle;
      if (idle.size > keep && oldest !== undefined) await close(oldest);
    },
    async closeAll() {
      await Promise.all([...open.keys()].map(close));
    },
  };
};
