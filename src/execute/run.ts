import { type ExitCode, exitCodes, worst } from '../model/exit-code.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { HostOutcome } from '../model/outcome.ts';
import { hasChanges } from '../model/plan.ts';
import type { Node, ResolvedPlay, ResolvedPlaybook } from '../playbook/index.ts';
import { failureLimit, waves } from '../rollout/index.ts';
import { shareBuilds } from './builders.ts';
import type { HostEnd } from './ends.ts';
import { gatherFacts } from './gather.ts';
import { type Planned, type PlannedHost, planPlay, viewOf } from './plan-play.ts';
import { type Interrupts, runPlay } from './play-run.ts';
import type { Services } from './services.ts';

export interface RunInput {
  readonly playbook: ResolvedPlaybook;
  /** The hosts of a pattern, in inventory order, already limited as the user asked. */
  readonly select: (pattern: string) => readonly Host[];
  /** The same without the user's limit: builders serve whoever is selected. */
  readonly selectAll: (pattern: string) => readonly Host[];
  readonly hostNamed: (name: string) => Host | undefined;
  readonly mode: 'apply' | 'check';
  /** How many hosts are read at once. */
  readonly forks: number;
  /** Facts that an earlier run of the same went by; hosts that say otherwise now are not touched. */
  readonly pinned: ReadonlyMap<string, Facts>;
  readonly services: Services;
  readonly interrupts: Interrupts;
}

interface PlayTargets {
  readonly play: ResolvedPlay;
  readonly hosts: readonly { readonly host: Host; readonly facts: Facts; readonly nodes: readonly Node[] | null }[];
}

const sameFacts = (a: Facts, b: Facts): boolean => JSON.stringify(a) === JSON.stringify(b);

const exitOf = (outcome: HostOutcome): ExitCode => {
  switch (outcome) {
    case 'current':
    case 'changed':
    case 'not-started':
      return exitCodes.ok;
    case 'unreachable':
    case 'in-doubt':
      return exitCodes.unreachable;
    case 'undone':
    case 'stuck':
    case 'failed':
    case 'refused':
      return exitCodes.hostFailed;
  }
};

/** Runs a playbook, or only says what it would do, and tells the bus all of it. Resolves to the exit code. */
export const runPlaybook = async (input: RunInput): Promise<ExitCode> => {
  const { playbook, services, mode, forks, interrupts } = input;
  const { bus, clock } = services;
  const began = clock.now();
  const codes = new Set<ExitCode>();
  /** Hosts that no later play takes: they could not be reached, or failed, or wait for a build that is not there. */
  const out = new Map<string, HostEnd>();
  let paused = false;

  const end = (play: number, host: string, ended: HostEnd): void => {
    out.set(host, ended);
    codes.add(exitOf(ended.outcome));
    bus.emit({ type: 'host.finished', play, host, outcome: ended.outcome, problem: ended.problem, ms: 0 });
  };

  const pattern = (play: ResolvedPlay): string => (play.hosts.kind === 'pattern' ? play.hosts.pattern : play.hosts.for);
  const wanted = unique(playbook.plays.flatMap((play) => input.select(pattern(play))));
  const builders = unique(
    playbook.plays.flatMap((play) => (play.hosts.kind === 'builders' ? input.selectAll(play.hosts.group) : [])),
  );

  const gathered = await gatherFacts(
    unique([...wanted, ...builders]),
    mode === 'apply' ? 'settle' : 'look',
    forks,
    services,
    interrupts.abort,
  );
  const factsOf = (host: Host): Facts | null => {
    const got = gathered.get(host.name);
    return got !== undefined && 'facts' in got ? got.facts : null;
  };
  for (const host of wanted) {
    const got = gathered.get(host.name);
    if (got !== undefined && 'ended' in got) end(0, host.name, got.ended);
    const before = input.pinned.get(host.name);
    const now = factsOf(host);
    if (before !== undefined && now !== null && !sameFacts(before, now)) {
      end(0, host.name, {
        outcome: 'failed',
        problem: {
          code: 'facts.changed',
          message: `${host.name}: it is not the host that the run began with: ${differing(before, now)}.`,
          remedy: `Look at it, then begin anew for this host: ovsfleet run … --limit ${host.name}`,
          facts: { host: host.name },
        },
      });
    }
  }

  for (const builder of builders) {
    const got = gathered.get(builder.name);
    if (got === undefined || !('ended' in got) || got.ended.problem === null || wanted.includes(builder)) continue;
    bus.emit({ type: 'warning', host: builder.name, problem: got.ended.problem });
  }

  const targetsOf = async (play: ResolvedPlay): Promise<PlayTargets> => {
    const { hosts } = play;
    if (hosts.kind === 'pattern') {
      return {
        play,
        hosts: input.select(hosts.pattern).flatMap((host) => {
          const facts = factsOf(host);
          return facts === null || out.has(host.name) ? [] : [{ host, facts, nodes: null }];
        }),
      };
    }
    const lacking = await lackingBuilds(play);
    const ready = input.selectAll(hosts.group).flatMap((host) => {
      const facts = factsOf(host);
      return facts === null ? [] : [{ host, facts }];
    });
    return {
      play,
      hosts: shareBuilds(
        lacking.map(({ build }) => build),
        ready,
      ).byBuilder,
    };
  };

  /** The builds that the hosts of a play need and the store does not have, with the hosts that need each. */
  const lackingBuilds = async (play: ResolvedPlay) => {
    const { hosts } = play;
    if (hosts.kind === 'pattern') return [];
    const needs = input.select(hosts.for).flatMap((host) => {
      const facts = factsOf(host);
      return facts === null || out.has(host.name) ? [] : [{ host, build: hosts.needed(viewOf(host, facts)) }];
    });
    const found = await Promise.all(
      needs.map(async (need) => ({ ...need, stored: await services.store.find(need.build.id) })),
    );
    return found.filter(({ stored }) => stored === null);
  };

  const planOf = async (index: number, play: ResolvedPlay): Promise<readonly PlannedHost[]> => {
    const targets = await targetsOf(play);
    const planned = await planPlay(play, targets.hosts, forks, services, interrupts.abort);
    const kept: PlannedHost[] = [];
    for (const { host } of targets.hosts) {
      const result: Planned | undefined = planned.get(host.name);
      if (result === undefined) continue;
      if ('ended' in result) {
        if (mode === 'check')
          bus.emit({
            type: 'host.planned',
            play: index,
            plan: { host: host.name, nodes: [], refusals: result.ended.problem === null ? [] : [result.ended.problem] },
          });
        end(index, host.name, result.ended);
        continue;
      }
      bus.emit({ type: 'host.planned', play: index, plan: result.plan });
      const [refusal] = result.plan.refusals;
      if (refusal !== undefined) end(index, host.name, { outcome: 'refused', problem: refusal });
      else kept.push(result);
    }
    return kept;
  };

  for (const [index, play] of playbook.plays.entries()) {
    if (interrupts.wind.aborted) paused = true;
    if (paused) break;
    if (mode === 'check') {
      const kept = await planOf(index, play);
      const pending = kept.filter((planned) => !planned.satisfied);
      const names = pending.map(({ host }) => host.name);
      bus.emit({
        type: 'play.started',
        play: index,
        title: play.title,
        waves: waves(names, play.rollout.waves),
        concurrency: play.rollout.concurrency,
        stopAfter: failureLimit(play.rollout.stopAfterFailures, names.length),
        pauseMs: play.rollout.pauseMs,
      });
      bus.emit({ type: 'play.finished', play: index });
      if (kept.some(({ plan }) => hasChanges(plan))) codes.add(exitCodes.changes);
      continue;
    }
    const kept = await planOf(index, play);
    for (const { host, satisfied } of kept) {
      if (satisfied)
        bus.emit({ type: 'host.finished', play: index, host: host.name, outcome: 'current', problem: null, ms: 0 });
    }
    // Waves are made of the hosts that have something to do: a canary with nothing to do would prove nothing.
    const result = await runPlay(
      index,
      play,
      kept.filter(({ satisfied }) => !satisfied),
      input.hostNamed,
      services,
      interrupts,
    );
    for (const [host, ended] of result.ends) {
      codes.add(exitOf(ended.outcome));
      if (ended.outcome !== 'current' && ended.outcome !== 'changed') out.set(host, ended);
    }
    for (const { host, build } of await lackingBuilds(play)) {
      end(index, host.name, {
        outcome: 'not-started',
        problem: {
          code: 'build.missing',
          message: `${host.name}: it waits for build ${build.id} (${build.platform}), which no builder has made.`,
          remedy: `See why the builder failed, or add a host of that platform to group builders, then: ovsfleet resume`,
          facts: { host: host.name, build: build.id },
        },
      });
      codes.add(exitCodes.hostFailed);
    }
    paused = result.paused;
  }
  if (paused) codes.add(exitCodes.paused);
  if (interrupts.wind.aborted) codes.add(exitCodes.interrupted);
  await services.connections.closeAll();
  const exitCode = worst([...codes]);
  const resumable = mode === 'apply' && exitCode !== exitCodes.ok;
  bus.emit({ type: 'run.finished', exitCode, ms: clock.now() - began, resumable });
  return exitCode;
};

const unique = (hosts: readonly Host[]): readonly Host[] => [
  ...new Map(hosts.map((host) => [host.name, host])).values(),
];

const differing = (before: Facts, now: Facts): string => {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now)
    .filter(([key, value]) => JSON.stringify(was.get(key)) !== JSON.stringify(value))
    .map(([key, value]) => `${key} was ${JSON.stringify(was.get(key))}, is ${JSON.stringify(value)}`)
    .join('; ');
};
