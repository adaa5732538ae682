import { causesOf, type HostProblem } from '../model/causes.ts';
import { FleetError } from '../model/error.ts';
import type { Stamped } from '../model/event.ts';
import { type HostOutcome, hostOutcomes, worstOutcome } from '../model/outcome.ts';
import { selectionText } from '../model/selection.ts';
import { hostPlayOf } from './host-play.ts';
import {
  type HostPlay,
  type HostReport,
  type LinkReport,
  type OutcomeCounts,
  type PlayReport,
  type Report,
  reportFormat,
  type TrafficReport,
} from './report.ts';

const selectedBy = (events: readonly Stamped[]): string | null => {
  const said = events.find((event) => event.type === 'run.selected');
  return said === undefined ? null : selectionText(said.selection);
};

/**
 * Tells a run, finished or cut off, from its events.
 * @throws FleetError `report.empty` when they do not begin with `run.started`
 */
export const foldReport = (events: readonly Stamped[]): Report => {
  const [first] = events;
  if (first?.type !== 'run.started') {
    throw new FleetError({
      code: 'report.empty',
      message: 'the run ended before it began: there is nothing to report',
      remedy: 'start the run again with ovsfleet run',
    });
  }
  const finished = events.findLast((event) => event.type === 'run.finished');
  const byHost = eventsByHost(first.hosts, events);
  // A builder whose builds are all in store was asked for its facts and no more: it had no part in the run.
  const took = [...byHost].filter(([host, its]) => first.hosts.includes(host) || its.some(isPart));
  const hosts = took.map(([host, its]) => hostOf(host, its, first.plays));
  const { run, title, playbook, inventory, params, limit, mode, version, resumes } = first;
  return {
    format: reportFormat,
    ...{ run, title, playbook, inventory, params, limit, mode, version, resumes },
    reachedBy: events.find((event) => event.type === 'run.reached')?.flags ?? [],
    startedAt: first.time,
    endedAt: events.at(-1)?.time ?? first.time,
    exitCode: finished?.exitCode ?? null,
    resumable: finished?.resumable ?? true,
    ticket: events.find((event) => event.type === 'run.ticket')?.ticket ?? null,
    selected: selectedBy(events),
    interruptedAt: events.find((event) => event.type === 'run.interrupted')?.time ?? null,
    plays: first.plays.map((name, play) => playOf(play, name, events)),
    hosts,
    counts: countsOf(hosts.map(({ outcome }) => outcome)),
    causes: causesOf([...events.flatMap(haltsIn), ...problemsOf(hosts)]),
    warnings: causesOf(
      events.flatMap((event) => (event.type === 'warning' ? [{ host: event.host ?? '', problem: event.problem }] : [])),
    ),
    traffic: trafficOf(hosts),
    bytesSent: hosts
      .flatMap(({ plays }) => plays.flatMap(({ files }) => files))
      .filter(({ sent, direction }) => sent && direction === 'to-host')
      .reduce((sum, { bytes }) => sum + bytes, 0),
  };
};

const isPart = ({ type }: Stamped): boolean =>
  type === 'host.planned' || type === 'host.started' || type === 'host.finished';

const eventsByHost = (
  names: readonly string[],
  events: readonly Stamped[],
): ReadonlyMap<string, readonly Stamped[]> => {
  const byHost = new Map<string, Stamped[]>(names.map((name) => [name, []]));
  for (const event of events) {
    const host = event.type === 'host.planned' ? event.plan.host : 'host' in event ? event.host : null;
    if (host === null) continue;
    const its = byHost.get(host);
    if (its === undefined) byHost.set(host, [event]);
    else its.push(event);
  }
  return byHost;
};

const hostOf = (host: string, events: readonly Stamped[], titles: readonly string[]): HostReport => {
  const plays = titles.flatMap((title, play): readonly HostPlay[] => {
    const its = events.filter((event) => 'play' in event && event.play === play);
    return its.length === 0 ? [] : [hostPlayOf(play, title, its)];
  });
  return {
    host,
    outcome: worstOutcome(plays.flatMap((play) => (play.outcome === null ? [] : [play.outcome]))),
    facts: events.find((event) => event.type === 'host.facts')?.facts ?? null,
    plays,
    links: linksOf(events),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.problem] : [])),
  };
};

const linksOf = (events: readonly Stamped[]): readonly LinkReport[] => {
  const links: LinkReport[] = [];
  for (const event of events) {
    if (event.type === 'link.lost') links.push({ lostAt: event.time, reason: event.reason, afterMs: null });
    const last = links.at(-1);
    if (event.type === 'link.back' && last !== undefined) links[links.length - 1] = { ...last, afterMs: event.afterMs };
  }
  return links;
};

const playOf = (play: number, name: string, events: readonly Stamped[]): PlayReport => {
  const its = events.filter((event) => 'play' in event && event.play === play);
  const started = its.find((event) => event.type === 'play.started');
  const outcomes = new Map(
    its.flatMap((event) => (event.type === 'host.finished' ? [[event.host, event.outcome]] : [])),
  );
  return {
    title: started?.title ?? name,
    startedAt: started?.time ?? null,
    endedAt: its.findLast((event) => event.type === 'play.finished')?.time ?? null,
    waves: started?.waves ?? [],
    concurrency: started?.concurrency ?? 0,
    stopAfter: started?.stopAfter ?? 0,
    pauseMs: started?.pauseMs ?? 0,
    counts: countsOf([...outcomes.values()]),
    budgetSpentBy: its.find((event) => event.type === 'budget.spent')?.failed ?? null,
  };
};

const countsOf = (outcomes: readonly (HostOutcome | null)[]): OutcomeCounts =>
  Object.fromEntries(
    hostOutcomes
      .map((outcome) => [outcome, outcomes.filter((other) => other === outcome).length] as const)
      .filter(([, count]) => count > 0),
  );

/** Why nothing new was started, though no host of a play had failed. */
const haltsIn = (event: Stamped): readonly HostProblem[] => {
  if (event.type === 'rollout.halted') return [{ host: '', problem: event.problem }];
  return event.type === 'gate.judged' ? event.failed : [];
};

const problemsOf = (hosts: readonly HostReport[]): readonly HostProblem[] =>
  hosts.flatMap(({ host, plays }) =>
    plays.flatMap(({ problem, refusals }) =>
      (problem === null ? refusals : [problem]).map((met) => ({ host, problem: met })),
    ),
  );

const trafficOf = (hosts: readonly HostReport[]): TrafficReport | null => {
  const all = hosts.flatMap(({ host, plays }) =>
    plays.flatMap(({ traffic }) => traffic.map((one) => ({ host, ...one }))),
  );
  const [worst] = all.toSorted((a, b) => b.longestGapMs - a.longestGapMs);
  if (worst === undefined) return null;
  return {
    measured: new Set(all.map(({ host }) => host)).size,
    longestGapMs: worst.longestGapMs,
    worstHost: worst.host,
    maxGapMs: worst.maxGapMs,
    aboveLimit: [...new Set(all.filter((one) => one.longestGapMs > one.maxGapMs).map(({ host }) => host))],
  };
};
