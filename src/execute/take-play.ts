import type { Problem } from '../model/error.ts';
import { exitCodes } from '../model/exit-code.ts';
import type { Host } from '../model/host.ts';
import { hasChanges } from '../model/plan.ts';
import type { NeededBuild, ResolvedPlay } from '../playbook/index.ts';
import type { Gated } from './gates.ts';
import { endOf } from './gather.ts';
import { type Layout, layOut } from './layout.ts';
import { asking, type PlannedHost, viewOf } from './plan-play.ts';
import { planTurn } from './plan-turn.ts';
import { type PlayResult, runPlay } from './play-run.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { leftOutCode } from './step-by-step.ts';
import { lackingBuilds, targetsOf } from './targets.ts';
import { tellLayout } from './tell-layout.ts';

/**
 * Who takes part in a play: of one that builds, a host that only builds for others counts for nothing by itself. What it
 * does not make another may, and hosts that go without are told.
 */
const rosterOf = (index: number, play: ResolvedPlay, { services, select }: RunInput, who: Roster): Roster => {
  const { hosts } = play;
  if (hosts.kind === 'pattern') return who;
  const asked = new Set(select(hosts.for).map(({ name }) => name));
  const note: Roster['note'] = (host, outcome) => {
    if (asked.has(host)) who.note(host, outcome);
    else if (outcome !== 'current' && outcome !== 'changed') who.leaveOut(host);
  };
  return {
    ...who,
    note,
    end: (_, { name }, { outcome, problem }) => {
      note(name, outcome);
      services.bus.emit({ type: 'host.finished', play: index, host: name, outcome, problem, ms: 0 });
    },
  };
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
export const checkPlay = async (index: number, play: ResolvedPlay, input: RunInput, all: Roster): Promise<void> => {
  const who = rosterOf(index, play, input, all);
  const kept = await planTurn(index, play, input, who);
  const made = new Set(kept.flatMap(({ builds }) => builds));
  for (const { host, build } of await lackingBuilds(index, play, input, who)) {
    if (!made.has(build.id))
      input.services.bus.emit({ type: 'warning', host: host.name, problem: lacking(host, build) });
  }
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

const lacking = (host: Host, build: NeededBuild): Problem => ({
  code: 'build.missing',
  message: `${host.name}: it waits for build ${build.id} (${build.platform}), which no builder has made.`,
  remedy: `See why the builder failed, or add a host of that platform to group builders, then: ovsfleet resume`,
  facts: { host: host.name, build: build.id },
});

/** `paused`: some of its hosts never began, so no later play may. `budgetSpent`: as many have failed as may. */
type Applied = Pick<PlayResult, 'paused' | 'budgetSpent'>;

const applyOnce = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<Applied & { readonly failed: boolean }> => {
  const gated = withGates(index, play, await planTurn(index, play, input, who), who);
  const satisfied = [...gated].filter(([planned]) => planned.satisfied);
  for (const [{ host }] of satisfied) who.end(index, host, { outcome: 'current', problem: null });
  // Waves are made of the hosts that have something to do: a canary with nothing to do would prove nothing.
  const pending = new Map([...gated].filter(([planned]) => !planned.satisfied));
  const layout = layOutPlay(index, play, [...pending.keys()], input, who);
  const done = satisfied.map(([, gates]) => gates);
  const { ends, ...applied } = await runPlay(layout, { pending, done }, input);
  for (const [host, { outcome, problem }] of ends) {
    who.note(host, outcome);
    if (problem?.code === leftOutCode) who.count(exitCodes.paused);
  }
  return {
    ...applied,
    failed: [...ends.values()].some(({ outcome }) => outcome !== 'current' && outcome !== 'changed'),
  };
};

/** Takes a play over its hosts. */
export const applyPlay = async (index: number, play: ResolvedPlay, input: RunInput, all: Roster): Promise<Applied> => {
  const who = rosterOf(index, play, input, all);
  for (;;) {
    const { failed, ...applied } = await applyOnce(index, play, input, who);
    // A builder that failed is out: what fell to it falls to the next whose platform fits.
    const again = play.hosts.kind === 'builders' && failed && !applied.paused && !input.interrupts.wind.aborted;
    if (again && (await targetsOf(index, play, input, who)).length > 0) continue;
    for (const { host, build } of await lackingBuilds(index, play, input, who)) {
      all.count(exitCodes.hostFailed);
      all.end(index, host, { outcome: 'not-started', problem: lacking(host, build) });
    }
    return applied;
  }
};
