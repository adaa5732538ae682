import { probeOf, proberOf } from '../model/traffic.ts';
import { isPending } from '../plan/index.ts';
import type { Watched } from '../playbook/index.ts';
import { type Stop, stopped } from './ends.ts';
import type { HostJob, Known, Went } from './host-job.ts';
import { watchTraffic } from './traffic.ts';

/**
 * Does what stands in it while a host's guest is probed from elsewhere.
 * @param inner does it
 */
export const runWatched = async (
  node: Watched,
  readings: Known,
  job: HostJob,
  inner: () => Promise<Went | Stop>,
): Promise<Went | Stop> => {
  const probing = probeOf(job.host);
  if (!isPending(node, readings) || probing === null) return inner();
  const prober = proberOf(probing).host;
  const from = job.hostNamed(prober);
  if (from === undefined) {
    return stopped('failed', {
      code: 'traffic.unknown-host',
      message: `${job.host.name}: probe_from names ${prober}, which is not in the inventory; nothing was changed.`,
      remedy: `Correct probe_from of ${job.host.name} to HOST or HOST:NETWORK-NAMESPACE.`,
      facts: { host: job.host.name },
    });
  }
  const watch = await watchTraffic(job.host, probing, from, job.services);
  let result: Went | Stop;
  try {
    result = await inner();
  } catch (error) {
    await watch.stop();
    throw error;
  }
  const measured = await watch.stop();
  job.services.bus.emit({
    type: 'traffic.measured',
    play: job.play,
    host: job.host.name,
    measured,
    maxGapMs: node.maxGapMs,
  });
  if ('stop' in result || measured.longestGapMs <= node.maxGapMs) return result;
  // Undoing would be a second gap: the change stands, and the rollout stops.
  return stopped('failed', {
    code: 'traffic.gap',
    message: `${job.host.name}: the change stands and holds, but its guest was cut off for ${measured.longestGapMs} ms, more than the ${node.maxGapMs} ms allowed.`,
    remedy: 'Find out why before more hosts follow, or allow a longer gap with -e max_gap=…',
    facts: { host: job.host.name, gap: measured.longestGapMs },
  });
};
