import type { ResolvedPlay } from '../playbook/index.ts';
import { type Planned, type PlannedHost, planPlay } from './plan-play.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { targetsOf } from './targets.ts';

const canBeDone = (planned: Planned): planned is PlannedHost =>
  !('ended' in planned) && planned.plan.refusals.length === 0;

/** Tells what would be done to hosts; those that cannot be done are left out. */
const tell = (index: number, planned: readonly Planned[], { services, mode }: RunInput, who: Roster): void => {
  for (const result of planned) {
    const { host } = result;
    if ('ended' in result) {
      const { problem } = result.ended;
      if (mode === 'check') {
        const refusals = problem === null ? [] : [problem];
        services.bus.emit({ type: 'host.planned', play: index, plan: { host: host.name, nodes: [], refusals } });
      }
      who.end(index, host, result.ended);
      continue;
    }
    services.bus.emit({ type: 'host.planned', play: index, plan: result.plan });
    const [refusal] = result.plan.refusals;
    if (refusal !== undefined) who.end(index, host, { outcome: 'refused', problem: refusal });
  }
};

/**
 * Reads the hosts of a play whose turn has come and tells what would be done to each; those that cannot be done are told
 * and left out. Where a builder is, what fell to it falls to the others.
 */
export const planTurn = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<readonly PlannedHost[]> => {
  for (;;) {
    const targets = await targetsOf(index, play, input, who);
    const byName = await planPlay({ index, play, when: 'turn' }, targets, input);
    const planned = targets.flatMap(({ host }) => byName.get(host.name) ?? []);
    const kept = planned.filter(canBeDone);
    const isLast = play.hosts.kind === 'pattern' || kept.length === planned.length || input.interrupts.wind.aborted;
    tell(index, isLast ? planned : planned.filter((result) => !canBeDone(result)), input, who);
    if (isLast) return kept;
  }
};
