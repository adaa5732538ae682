import type { Bus } from '../events/index.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { HostEnd } from './ends.ts';
import { endOf } from './gather.ts';
import type { HostJob } from './host-job.ts';
import { runHost } from './host-run.ts';
import { patience } from './patience.ts';
import { mayPass, reconnect } from './reconnect.ts';

/** How long a host that was cut off in the middle of a play is waited for before it is left in doubt. */
const patienceMs = 120_000;
const attempts = 3;

/** A host between two of its steps when no more could be recorded: the next one must not be sent. */
const unrecorded = (host: string, { message, remedy }: FleetError): HostEnd => ({
  outcome: 'in-doubt',
  problem: {
    code: 'journal.unwritable',
    message: `${host}: nothing more is done there, since it could not be recorded: ${message}`,
    remedy,
    facts: { host },
  },
});

interface Watched {
  readonly job: HostJob;
  /** What a host is that is cut off now. */
  readonly cutOff: () => 'in-doubt' | 'unreachable';
  /** The same of one that does not let its user become root any more: what it was asked before has told how it ended. */
  readonly shutOut: () => 'in-doubt' | 'failed' | 'unreachable';
}

/** Tells whether anything has left for the host that may change it: only then is there anything to be in doubt about. */
const watched = (job: HostJob): Watched => {
  const { bus } = job.services;
  let sent = false;
  let atWork = false;
  const emit: Bus['emit'] = (event) => {
    sent ||= event.type === 'batch.sent' || event.type === 'transaction.sent' || event.type === 'file.progress';
    // A transaction goes on by itself; and a batch that was cut off may have.
    atWork ||= event.type === 'transaction.attached' || event.type === 'link.lost';
    bus.emit(event);
  };
  return {
    job: { ...job, services: { ...job.services, bus: { ...bus, emit } } },
    cutOff: () => (sent ? 'in-doubt' : 'unreachable'),
    shutOut: () => (atWork ? 'in-doubt' : sent ? 'failed' : 'unreachable'),
  };
};

/** One host of a play, through lost links: after each the host is read anew, and what holds already is not done again. */
export const runThrough = async (given: HostJob): Promise<HostEnd> => {
  const { job, cutOff, shutOut } = watched(given);
  let reached = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await job.services.connections.get(job.host, job.signal);
      reached = true;
      return await runHost(job);
    } catch (error) {
      if (job.signal?.aborted) {
        return {
          outcome: 'in-doubt',
          problem: {
            code: 'run.interrupted',
            message: `${job.host.name}: the run was interrupted while it was at work there.`,
            remedy: 'Go on with: ovsfleet resume',
            facts: { host: job.host.name },
          },
        };
      }
      if (error instanceof FleetError && error.code === 'journal.unwritable') return unrecorded(job.host.name, error);
      if (!reached || !(error instanceof ConnectionError) || !mayPass(error) || attempt >= attempts) {
        const end = endOf(error, error instanceof ConnectionError && error.fault === 'become' ? shutOut() : cutOff());
        // Whatever keeps us out now, of a host that something has left for it must be found out what became of that.
        return end.outcome === 'unreachable' ? { ...end, outcome: cutOff() } : end;
      }
      try {
        await reconnect(job.host, error, patience(patienceMs, job.services.clock), job.services, job.signal);
      } catch (still) {
        return { ...endOf(still, cutOff()), outcome: cutOff() };
      }
    }
  }
};
