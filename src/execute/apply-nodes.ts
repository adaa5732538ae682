import type { Step, Verify } from '../playbook/index.ts';
import { apply } from './apply.ts';
import { endStop, type Stop, stopped } from './ends.ts';
import { connectionTo, type HostJob, type Went } from './host-job.ts';

/** Applies neighbours in one batch; a host on which one of them does not hold stops there. */
export const applyNodes = async (nodes: readonly (Step | Verify)[], job: HostJob): Promise<Went | Stop> => {
  if (nodes.length === 0) return { changed: false };
  const connection = await connectionTo(job);
  const result = await apply(connection, job.play, nodes, job.services, job.signal);
  const host = job.host.name;
  const end = endStop(host, result.end);
  if (end !== null) return end;
  if (result.failed !== null) {
    const { step, outcome, message, remedy } = result.failed;
    return stopped('failed', {
      code: `step.${outcome}`,
      message: `${host}: ${step}: ${message}.`,
      remedy: remedy ?? `See all that it printed with -vv, or in the report of ${host}.`,
      facts: { host, step },
    });
  }
  if (!result.complete) {
    return stopped('failed', {
      code: 'batch.cut',
      message: `${host}: the program on the host ended before its last step.`,
      remedy: `Look whether something there ends processes (memory, a login policy), then: ovsfleet resume`,
      facts: { host },
    });
  }
  return { changed: result.changed };
};
