import { withoutHost } from '../model/causes.ts';
import { FleetError, type Problem } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { HostPlan } from '../model/plan.ts';
import { probeOf } from '../model/traffic.ts';
import { fileDiffs, fileReads, isSatisfied, plannedNodes, type Readings, withDiffs } from '../plan/index.ts';
import type { HostView, Node, Preflight, ResolvedPlay } from '../playbook/index.ts';
import type { Script } from '../shell/index.ts';
import { endStop, type HostEnd } from './ends.ts';
import { onEach, unreadEnd } from './gather.ts';
import { probe } from './probe.ts';
import { reading } from './reading.ts';
import { readsOf } from './reads-of.ts';
import type { RunInput } from './run-input.ts';

/** A host that a play takes; `nodes` is `null` when the play itself makes its tree. */
export interface Target {
  readonly host: Host;
  readonly facts: Facts;
  readonly nodes: readonly Node[] | null;
  /** Ids of the builds that fell to it. */
  readonly builds?: readonly string[];
}

/** A host that a play will take, with its tree and what was read of it beforehand. */
export interface PlannedHost {
  readonly host: Host;
  readonly nodes: readonly Node[];
  readonly plan: HostPlan;
  /** Ids of the builds that fell to it. */
  readonly builds: readonly string[];
  /** Everything reads as wanted already. */
  readonly satisfied: boolean;
  /** Why it may not be done after all, by what was read right before it. */
  readonly objection: (readings: Readings) => Promise<Problem | null>;
  /** What preflight noticed and an operator should know, though it is no reason against. */
  readonly notes: readonly Problem[];
}

export type Planned = PlannedHost | { readonly host: Host; readonly ended: HostEnd };

export const viewOf = (host: Host, facts: Facts): HostView => ({
  facts,
  host: { name: host.name, groups: host.groups, vars: host.vars },
});

/** What a playbook's own code makes of a host. Throws a `FleetError` that names the host, whatever that code throws. */
export const asking = <T>(host: Host, play: string, ask: () => T): T => {
  try {
    return ask();
  } catch (error) {
    const facts = { host: host.name };
    if (error instanceof FleetError) {
      const { code, message, remedy } = error;
      throw new FleetError({ code, message: `${host.name}: ${withoutHost(host.name, message)}`, remedy, facts }, error);
    }
    throw new FleetError(
      {
        code: 'playbook.threw',
        message: `${host.name}: the playbook's own code for play "${play}" failed: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: 'Correct the playbook; it fails on these facts: ovsfleet facts --json',
        facts,
      },
      error,
    );
  }
};

const noteCode = 'preflight.note';

const preflightKey = (preflight: Preflight): string => `preflight: ${preflight.title}`;

const scriptOf = (preflight: Preflight): Script => ('refuses' in preflight ? preflight.refuses : preflight.notes);

/** What a preflight printed: a line for each reason against the host, or for each thing to know of it. */
const remarksOf = (host: string, preflight: Preflight, readings: Readings): readonly Problem[] => {
  const key = preflightKey(preflight);
  const answer = readings.get(key);
  if (answer?.is !== 'value') {
    const why = answer?.is === 'error' ? answer.message.trim() : (answer?.until ?? 'it was not read');
    return [
      {
        // What would only have been told keeps no host from being done.
        code: 'refuses' in preflight ? 'preflight.failed' : noteCode,
        message: `${host}: ${key} could not be answered: ${why}`,
        remedy: `See for yourself: ovsfleet facts --limit ${host} -vv`,
      },
    ];
  }
  const code = 'refuses' in preflight ? 'preflight.refused' : noteCode;
  const lines = preflight.judge === undefined ? answer.text.split('\n') : preflight.judge(answer.text);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => ({ code, message: `${host}: ${line.trim()}`, remedy: preflight.remedy }));
};

/** Which play is planned, and when: before anything is changed, or when its turn has come. */
export interface Asked {
  readonly index: number;
  readonly play: ResolvedPlay;
  readonly when: 'survey' | 'turn';
}

type Planning = Pick<RunInput, 'services' | 'oversight' | 'localFile' | 'forks' | 'interrupts'>;

const planHost = async (
  { index, play, when }: Asked,
  { host, facts, nodes: given, builds }: Target,
  { services, oversight, localFile, interrupts }: Planning,
): Promise<Planned> => {
  const view = viewOf(host, facts);
  const nodes = given ?? asking(host, play.title, () => play.nodes(view));
  const preflights = asking(host, play.title, () => play.preflight(view));
  const reads = new Map<string, Script>([
    ...preflights.map((preflight) => [preflightKey(preflight), scriptOf(preflight)] as const),
    ...readsOf(nodes),
    ...(localFile === null ? [] : fileReads(nodes)),
  ]);
  const { end, readings } = await reading(host, services, interrupts.abort, (connection) =>
    probe(connection, reads, services, interrupts.abort),
  );
  const stop = endStop(host.name, end);
  if (stop !== null) return { host, ended: stop.stop };
  const tree = {
    play: index,
    of: play.hosts.kind === 'builders' ? 'builders' : 'hosts',
    host: host.name,
    nodes,
  } as const;
  const objection = await oversight.ofTree({ ...tree, readings }, when);
  if (objection !== null) return { host, ended: { outcome: 'refused', problem: objection } };
  const satisfied = isSatisfied(nodes, readings);
  // Nothing is refused to a host that needs nothing.
  const remarks = preflights
    .filter((preflight) => !satisfied || ('notes' in preflight && preflight.of === 'every'))
    .flatMap((preflight) => remarksOf(host.name, preflight, readings));
  const planned = plannedNodes(nodes, readings, probeOf(host));
  return {
    host,
    nodes,
    builds: builds ?? [],
    satisfied,
    objection: (now) => oversight.ofTree({ ...tree, readings: now }, 'turn'),
    notes: remarks.filter(({ code }) => code === noteCode),
    plan: {
      host: host.name,
      nodes: localFile === null ? planned : withDiffs(planned, await fileDiffs(nodes, readings, localFile)),
      refusals: remarks.filter(({ code }) => code !== noteCode),
    },
  };
};

/** Reads every host of a play and says what would be done to it; nothing is changed. */
export const planPlay = (
  asked: Asked,
  targets: readonly Target[],
  planning: Planning,
): Promise<ReadonlyMap<string, Planned>> => {
  const { services, forks, interrupts } = planning;
  const byName = new Map(targets.map((target) => [target.host.name, target]));
  return onEach(
    targets.map(({ host }) => host),
    forks,
    async (host): Promise<Planned> => {
      const target = byName.get(host.name);
      try {
        if (target === undefined) return { host, ended: { outcome: 'not-started', problem: null } };
        return await planHost(asked, target, planning);
      } catch (error) {
        return { host, ended: unreadEnd(error, interrupts.abort) };
      } finally {
        await services.connections.release(host);
      }
    },
  );
};
