import type { Bus } from '../events/index.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { HostOutcome } from '../model/outcome.ts';
import type { HostEnd } from './ends.ts';
import type { Gathered } from './gather.ts';

/** Who takes part in a run, and what its exit code will be. A host that is out is taken by no later play. */
export interface Roster {
  /** `null` when they could not be read, or when the host is out. */
  factsOf(host: Host): Facts | null;
  /** Ends a host outside of a rollout: it is told, it counts for the exit code, it is out. */
  end(play: number, host: Pick<Host, 'name'>, ended: HostEnd): void;
  /** Notes how a rollout ended for a host, which the rollout has told. */
  note(host: string, outcome: HostOutcome): void;
  /** Leaves out a builder that failed or refused: others may do its work, so that it does not count for the exit code. */
  leaveOut(host: string): void;
  /** Whether it is out of service, as far as anybody knows: it cannot be reached, or needs hands. */
  isDown(host: Pick<Host, 'name'>): boolean;
  count(code: ExitCode): void;
  readonly codes: ReadonlySet<ExitCode>;
  /** Whether a host ended in a way that going on with the run may mend: one that was refused would be refused again. */
  hasLeft(): boolean;
}

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

export const roster = (gathered: ReadonlyMap<string, Gathered>, bus: Bus): Roster => {
  const out = new Set<string>();
  const down = new Set<string>();
  const codes = new Set<ExitCode>();
  let left = false;
  const note = (host: string, outcome: HostOutcome): void => {
    codes.add(exitOf(outcome));
    left ||= outcome !== 'current' && outcome !== 'changed' && outcome !== 'refused';
    if (outcome !== 'current' && outcome !== 'changed') out.add(host);
    if (outcome === 'unreachable' || outcome === 'in-doubt' || outcome === 'stuck') down.add(host);
  };
  return {
    factsOf(host) {
      const got = gathered.get(host.name);
      return got !== undefined && 'facts' in got && !out.has(host.name) ? got.facts : null;
    },
    end(play, { name }, { outcome, problem }) {
      note(name, outcome);
      bus.emit({ type: 'host.finished', play, host: name, outcome, problem, ms: 0 });
    },
    note,
    leaveOut: (host) => {
      out.add(host);
    },
    isDown: ({ name }) => down.has(name),
    count: (code) => {
      codes.add(code);
    },
    codes,
    hasLeft: () => left,
  };
};
