import { withoutHost } from '../model/causes.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Connection } from '../model/ports.ts';
import type { On, Verify } from '../playbook/index.ts';
import { unlike } from './apply.ts';
import { type Stop, stopped } from './ends.ts';
import { probe } from './probe.ts';
import type { Services } from './services.ts';

/** The host that a check is about, and how to find the one that it is made on. */
export interface CheckedHost {
  readonly play: number;
  readonly host: Host;
  readonly hostNamed: (name: string) => Host | undefined;
  readonly services: Services;
  readonly signal: AbortSignal | undefined;
}

const everyMs = 1000;

/** Why a check does not hold yet, in words; `null` when it does. Nothing there is changed, nor is its lock taken. */
const askOnce = async (connection: Connection, check: Verify, job: CheckedHost): Promise<string | null> => {
  const { end, readings } = await probe(connection, new Map([['', check.read]]), job.services, job.signal);
  if (end.is === 'open') return `a transaction is open on ${connection.host.name}, where it would be asked`;
  const reading = readings.get('');
  switch (reading?.is) {
    case 'value':
      return reading.text === check.want ? null : unlike(check, reading.text);
    case 'unknown':
      return `it is not known before ${reading.until}`;
    case 'error':
      return `it cannot be read: ${reading.message.trim().split('\n').slice(-2).join(' / ')}`;
    case undefined:
      return 'the program there ended before it was read';
  }
};

const ask = async (connection: Connection, check: Verify, job: CheckedHost): Promise<string | null> => {
  const { bus, clock } = job.services;
  const told = { play: job.play, host: job.host.name, step: check.title };
  const began = clock.now();
  bus.emit({ type: 'step.started', ...told });
  for (;;) {
    const message = await askOnce(connection, check, job);
    const ms = clock.now() - began;
    if (message === null || ms >= check.withinMs) {
      const outcome = message === null ? 'ok' : 'failed';
      bus.emit({ type: 'step.finished', ...told, outcome, changes: [], way: null, message, ms });
      return message;
    }
    await clock.sleep(Math.min(everyMs, check.withinMs - ms), job.signal);
  }
};

/**
 * Makes the checks of an `on` node over a connection of its own to the other host. Whatever is wrong there is told of the
 * host that the checks are about, and is no lost link of it.
 */
export const askElsewhere = async (node: On, job: CheckedHost): Promise<Stop | null> => {
  const { host } = job;
  const other = job.hostNamed(node.host);
  if (other === undefined) {
    return stopped('failed', {
      code: 'on.unknown-host',
      message: `${host.name}: it would be checked from ${node.host}, which is not in the inventory.`,
      remedy: `Correct the name in the variables of ${host.name} (probe_from, say) or in the playbook.`,
      facts: { host: host.name },
    });
  }
  try {
    const connection = await job.services.connections.fresh(other, job.signal);
    try {
      for (const check of node.nodes) {
        const message = await ask(connection, check, job);
        if (message === null) continue;
        return stopped('failed', {
          code: 'step.failed',
          message: `${host.name}: ${check.title}: ${message}.`,
          remedy: `See for yourself: ovsfleet exec ${other.name} -- COMMAND`,
          facts: { host: host.name, step: check.title, from: other.name },
        });
      }
      return null;
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw new FleetError(
      {
        code: 'on.unreachable',
        message: `${host.name}: it could not be checked from ${other.name}: ${withoutHost(other.name, error.message)}`,
        remedy: error.remedy,
        facts: { host: host.name, from: other.name },
      },
      error,
    );
  }
};
