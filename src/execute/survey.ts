import { factsDifferences } from '../facts/index.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { ResolvedPlay } from '../playbook/index.ts';
import type { HostEnd } from './ends.ts';
import { gatherFacts } from './gather.ts';
import { planPlay, viewOf } from './plan-play.ts';
import { type Roster, roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { patternOf } from './targets.ts';

const unique = (hosts: readonly Host[]): readonly Host[] => [
  ...new Map(hosts.map((host) => [host.name, host])).values(),
];

/** Ends the hosts that say of themselves what they did not when the run began. */
const refuseOthers = (hosts: readonly Host[], { pinned, oversight }: RunInput, who: Roster): void => {
  for (const host of hosts) {
    const before = pinned.get(host.name);
    const now = who.factsOf(host);
    if (now === null) continue;
    const objection = oversight.ofFacts(host.name, now);
    if (objection !== null) who.end(0, host, { outcome: 'refused', problem: objection });
    if (before === undefined || objection !== null) continue;
    const differences = factsDifferences(before, now);
    if (differences.length === 0) continue;
    who.end(0, host, {
      outcome: 'failed',
      problem: {
        code: 'facts.changed',
        message: `${host.name}: it is not the host that the run began with: ${differences.join('; ')}.`,
        remedy: `Look at it, then begin anew for this host: ovsfleet run … --limit ${host.name}`,
        facts: { host: host.name },
      },
    });
  }
};

/** Code that throws is asked too: it is told of in the same way as everything else that keeps a host from being done. */
const hasPreflight = (play: ResolvedPlay, host: Host, facts: Facts): boolean => {
  try {
    return play.preflight(viewOf(host, facts)).length > 0;
  } catch {
    return true;
  }
};

/**
 * Asks the preflights of a play, in one more round trip to each host that has any; all hosts are read when all of them
 * must be seen before anything is changed.
 */
const preflight = async (index: number, play: ResolvedPlay, input: RunInput, who: Roster): Promise<void> => {
  const { services, oversight } = input;
  if (play.hosts.kind !== 'pattern') return;
  const asked = input.select(play.hosts.pattern).flatMap((host) => {
    const facts = who.factsOf(host);
    if (facts === null) return [];
    return oversight.surveys === 'all' || hasPreflight(play, host, facts) ? [{ host, facts, nodes: null }] : [];
  });
  const planned = await planPlay({ index, play, when: 'survey' }, asked, input);
  for (const result of planned.values()) {
    if ('ended' in result) {
      who.end(index, result.host, result.ended);
      continue;
    }
    for (const problem of result.notes) services.bus.emit({ type: 'warning', host: result.host.name, problem });
    const [refusal] = result.plan.refusals;
    if (refusal === undefined) continue;
    services.bus.emit({ type: 'host.planned', play: index, plan: result.plan });
    who.end(index, result.host, { outcome: 'refused', problem: refusal });
  }
};

/** The first play that takes a host itself: what is found on it beforehand is told there. */
const firstPlays = ({ playbook, select, selectAll }: RunInput): ((host: Host) => number) => {
  const first = new Map<string, number>();
  for (const [index, { hosts }] of playbook.plays.entries()) {
    for (const { name } of hosts.kind === 'pattern' ? select(hosts.pattern) : selectAll(hosts.group))
      first.set(name, first.get(name) ?? index);
  }
  return ({ name }) => first.get(name) ?? 0;
};

/**
 * The facts of all hosts, then the preflights of all plays. Whoever cannot be done is told here, before anything is
 * changed anywhere, and is out: a host that a later play refuses is not taken by an earlier one either, so that no host is
 * left half-way to something that it will not get.
 */
export const survey = async (input: RunInput): Promise<Roster> => {
  const { playbook, services, oversight, mode, forks, interrupts } = input;
  const wanted = unique(playbook.plays.flatMap((play) => input.select(patternOf(play))));
  const builders = unique(
    playbook.plays.flatMap((play) => (play.hosts.kind === 'builders' ? input.selectAll(play.hosts.group) : [])),
  );
  const everyone = unique([...wanted, ...builders]);
  const playOf = firstPlays(input);
  const whenOpen = mode === 'apply' ? { settleIn: playOf } : 'look';
  const objections = new Map(everyone.map((host) => [host.name, oversight.ofHost(host)]));
  const welcome = everyone.filter(({ name }) => (objections.get(name) ?? null) === null);
  const gathered = await gatherFacts(welcome, whenOpen, forks, services, interrupts.abort);
  const who = roster(gathered, services.bus);
  const asked = new Set(wanted.map(({ name }) => name));
  for (const { host, problem } of oversight.absent([...asked]))
    who.end(0, { name: host }, { outcome: 'refused', problem });
  for (const host of everyone) {
    const objection = objections.get(host.name) ?? null;
    const got = gathered.get(host.name);
    const ended: HostEnd | null =
      objection !== null
        ? { outcome: 'refused', problem: objection }
        : got !== undefined && 'ended' in got
          ? got.ended
          : null;
    if (ended === null) continue;
    if (asked.has(host.name)) who.end(playOf(host), host, ended);
    // A builder is not asked to become anything: another one may do its work.
    else if (ended.problem !== null) services.bus.emit({ type: 'warning', host: host.name, problem: ended.problem });
  }
  refuseOthers(wanted, input, who);
  for (const [index, play] of playbook.plays.entries()) await preflight(index, play, input, who);
  return who;
};
