import { exitCodes } from '../model/exit-code.ts';
import { hasChanges } from '../model/plan.ts';
import type { ResolvedPlay } from '../playbook/index.ts';
import type { Gated } from './gates.ts';
import { endOf } from './gather.ts';
import { type Layout, layOut } from './layout.ts';
import { asking, type PlannedHost, planPlay, viewOf } from './plan-play.ts';
import { runPlay } from './play-run.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { lackingBuilds, targetsOf } from './targets.ts';
import { tellLayout } from './tell-layout.ts';

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

/** How the play goes over those of its hosts that have something to do. */
const layOutPlay = (
  index: number,
  play: ResolvedPlay,
  pending: readonly PlannedHost[],
  input: RunInput,
  who: Roster,
): Layout => {
  // Hosts that are built for are not those of a play that builds: theirs is another rollout.
  const hosts = play.hosts.kind === 'pattern' ? input.select(play.hosts.pattern) : pending.map(({ host }) => host);
  const down = hosts.filter((host) => who.isDown(host)).map(({ name }) => name);
  return layOut({ index, play, pending, down, total: hosts.length, input });
};

/** Tells what a play would do; nothing is changed. */
export const checkPlay = async (index: number, play: ResolvedPlay, input: RunInput, who: Roster): Promise<void> => {
  const kept = await plan(index, play, input, who);
  const pending = kept.filter(({ satisfied }) => !satisfied);
  tellLayout(layOutPlay(index, play, pending, input, who), input.services);
  input.services.bus.emit({ type: 'play.finished', play: index });
  if (kept.some((planned) => hasChanges(planned.plan))) who.count(exitCodes.changes);
};

/** With what must hold on each before others follow it; a host is left out whose playbook cannot say. */
const withGates = (
  index: number,
  play: ResolvedPlay,
  kept: readonly PlannedHost[],
  who: Roster,
): ReadonlyMap<PlannedHost, Gated> =>
  new Map(
    kept.flatMap((planned) => {
      const { host } = planned;
      const facts = who.factsOf(host);
      try {
        const gates = facts === null ? [] : asking(host, play.title, () => play.gates(viewOf(host, facts)));
        return [[planned, { host, gates }] as const];
      } catch (error) {
        who.end(index, host, endOf(error, 'failed'));
        return [];
      }
    }),
  );

/** Takes a play over its hosts. `paused`: some of them never began, so no later play may. */
export const applyPlay = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<{ readonly paused: boolean }> => {
  const gated = withGates(index, play, await plan(index, play, input, who), who);
  const satisfied = [...gated].filter(([planned]) => planned.satisfied);
  for (const [{ host }] of satisfied) who.end(index, host, { outcome: 'current', problem: null });
  // Waves are made of the hosts that have something to do: a canary with nothing to do would prove nothing.
  const pending = new Map([...gated].filter(([planned]) => !planned.satisfied));
  const layout = layOutPlay(index, play, [...pending.keys()], input, who);
  const done = satisfied.map(([, gates]) => gates);
  const { ends, paused } = await runPlay(layout, { pending, done }, input);
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
