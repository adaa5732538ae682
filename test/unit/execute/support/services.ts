import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createBus, memorySink } from '../../../../src/events/index.ts';
import { keepConnections, type Services } from '../../../../src/execute/index.ts';
import { secretBook } from '../../../../src/shell/index.ts';
import { type FakeFleet, hastyClock } from '../../../../src/testing/index.ts';

/** What commands that ask hosts by hand work with, over a fake fleet. */
export const servicesFor = (fleet: FakeFleet, instead: Readonly<Record<string, string>> = {}): Services => {
  const clock = hastyClock(20);
  let nonces = 0;
  return {
    bus: createBus({ run: 'by-hand', clock, sinks: [memorySink()] }),
    clock,
    run: 'by-hand',
    lock: { owner: 'tester@controller:/fleet', earlier: [], whenTaken: 'refuse' },
    connections: keepConnections(fleet.transport, 10),
    libraries: (name) =>
      `${readFileSync(new URL(`../../../../templates/host/${name}.sh`, import.meta.url), 'utf8')}\n${instead[name] ?? ''}`,
    fetchedTo: (host, path) => `/nonexistent/${host}/${path}`,
    store: { find: async () => null, fileFor: (id) => id, add: async (id, sha256) => ({ file: id, sha256 }) },
    secrets: secretBook(),
    nonce: () => {
      nonces += 1;
      return nonces.toString(16).padStart(16, 'f');
    },
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    fileDigest: async () => '',
  };
};
