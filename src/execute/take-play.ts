import { exitCodes } from '../model/exit-code.ts';
import { hasChanges } from '../model/plan.ts';
import type { ResolvedPlay } from '../playbook/index.ts';
import { failureLimit, waves, windowOf } from '../rollout/index.ts';
import { type PlannedHost, planPlay } from './plan-play.ts';
import { runPlay } from './play-run.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { lackingBuilds, targetsOf } from './targets.ts';

/** Reads the hosts of a play and tells what would be done to each; those that cannot be done are told and left out. */
const plan = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<readonly PlannedHost[]> => {
  const { services, mode } = input;
  const targets = await targetsOf(index, play, input, who);
  const planned = await planPlay({ index, play, when: 'turn' }, targets, input);
  const kept: PlannedHost[] = [];
  for (const { host } of targets) {
    const result = planned.get(host.name);
    if (result === undefined) continue;
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
    else kept.push(result);
  }
  return kept;
};

/** Tells what a play would do; nothing is changed. */
export const checkPlay = async (index: number, play: ResolvedPlay, input: RunInput, who: Roster): Promise<void> => {
  const kept = await plan(index, play, input, who);
  const names = kept.filter(({ satisfied }) => !satisfied).map(({ host }) => host.name);
  const { rollout, title } = play;
  input.services.bus.emit({
    type: 'play.started',
    play: index,
    title,
    waves: waves(names, rollout.waves),
    concurrency: windowOf(rollout.concurrency, names.length),
    stopAfter: failureLimit(rollout.stopAfterFailures, names.length),
    pauseMs: rollout.pauseMs,
  });
  input.services.bus.emit({ type: 'play.finished', play: index });
  if (kept.some((planned) => hasChanges(planned.plan))) who.count(exitCodes.changes);
};

/** Takes a play over its hosts. `paused`: some of them never began, so no later play may. */
export const applyPlay = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<{ readonly paused: boolean }> => {
  const kept = await plan(index, play, input, who);
  for (const { host, satisfied } of kept) {
    if (satisfied) who.end(index, host, { outcome: 'current', problem: null });
  }
  // Waves are made of the hosts that have something to do: a canary with nothing to do would prove nothing.
  const pending = kept.filter(({ satisfied }) => !satisfied);
  const { ends, paused } = await runPlay(index, play, pending, input);
  for (const [host, { outcome }] of ends) who.note(host, outcome);
  for (const { host, build } of await lackingBuilds(index, play, input, who)) {
    who.count(exitCodes.hostFailed);
    who.end(index, host, {
      outcome: 'not-started',
      problem: {
        code: 'build.missing',
        message: `${host.name}: it waits for build ${build.id} (${build.platform}), which no builder has made.`,
        remedy: `See why the builder failed, or add a host of that platform to group builders, then: ovsfleet resume`,
        facts: { host: host.name, build: build.id },
      },
    });
  }
  return { paused };
};
