import type { Bus } from '../events/index.ts';
import type { HostProblem } from '../model/causes.ts';
import type { Host } from '../model/host.ts';
import type { Verify } from '../playbook/index.ts';
import { onEach } from './gather.ts';
import type { RunInput } from './run-input.ts';
import { runThrough } from './run-through.ts';

/** A bus that keeps the steps of a gate to itself: they are no work on the host, and the gate has an event of its own. */
const discreet = (bus: Bus): Bus => ({
  ...bus,
  emit: (event) => {
    if (event.type === 'link.lost' || event.type === 'link.back' || event.type === 'warning') bus.emit(event);
  },
});

export interface Gated {
  readonly host: Host;
  readonly gates: readonly Verify[];
}

interface Before {
  readonly play: number;
  /** The wave that is to begin. */
  readonly wave: number;
}

type GateInput = Pick<RunInput, 'forks' | 'hostNamed' | 'services' | 'interrupts'>;

/**
 * Reads whether gates hold on hosts that are done, and tells so; a gate waits as long as it says that it may take.
 * Nothing is told when there is none. When it is interrupted, nothing has failed.
 */
export const judgeGates = async (
  { play, wave }: Before,
  done: readonly Gated[],
  { forks, hostNamed, services, interrupts }: GateInput,
): Promise<readonly HostProblem[]> => {
  const gatesOf = new Map(done.filter(({ gates }) => gates.length > 0).map(({ host, gates }) => [host, gates]));
  if (gatesOf.size === 0) return [];
  const quiet = { ...services, bus: discreet(services.bus) };
  const judged = await onEach([...gatesOf.keys()], forks, async (host): Promise<readonly HostProblem[]> => {
    const job = {
      ...{ play, host, nodes: gatesOf.get(host) ?? [], objection: async () => null, steps: null },
      ...{ hostNamed, services: quiet, signal: interrupts.wind },
    };
    const { problem } = await runThrough(job);
    await services.connections.release(host);
    return problem === null ? [] : [{ host: host.name, problem }];
  });
  if (interrupts.wind.aborted) return [];
  const failed = [...judged.values()].flat();
  services.bus.emit({ type: 'gate.judged', play, wave, hosts: [...judged.keys()], failed });
  return failed;
};
