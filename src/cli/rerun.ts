import { findRun, foldProgress, readJournal, type Standings, standingsAfter } from '../journal/index.ts';
import { FleetError } from '../model/error.ts';
import type { HostOutcome } from '../model/outcome.ts';
import { openFleet } from './fleet.ts';
import type { RunFlags } from './run-flags.ts';

const groups = ['failed', 'unreachable', 'not-started'] as const;
type Group = (typeof groups)[number];

/** In which of the groups an operator would look for a host that ended so; they are those of the exit codes. */
const groupOf = (outcome: HostOutcome): Group | null => {
  switch (outcome) {
    case 'failed':
    case 'undone':
    case 'refused':
    case 'stuck':
      return 'failed';
    case 'unreachable':
    case 'in-doubt':
      return 'unreachable';
    case 'not-started':
      return 'not-started';
    case 'current':
    case 'changed':
      return null;
  }
};

const groupsIn = (text: string): readonly Group[] => {
  const words = text.split(',').map((word) => word.trim());
  return words.map((word) => {
    const group = groups.find((known) => known === word);
    if (group !== undefined) return group;
    throw new FleetError({
      code: 'input.rerun',
      message: `--rerun ${text}: "${word}" is no way that a host can end.`,
      remedy: `Say one or more of: ${groups.join(',')}`,
    });
  });
};

/** The hosts that ended so, in the order of the run. */
export const hostsToRerun = (standings: Standings, wanted: readonly Group[]): readonly string[] =>
  [...standings].flatMap(([host, outcome]) => {
    const group = groupOf(outcome);
    return group !== null && wanted.includes(group) ? [host] : [];
  });

const countsText = (standings: Standings): string => {
  const outcomes = [...standings.values()];
  return [...new Set(outcomes)].map((one) => `${outcomes.filter((other) => other === one).length} ${one}`).join(', ');
};

/**
 * The flags of a run over just the hosts that ended so in an earlier run and in what went on with it: its playbook and
 * parameters hold unless others are given. Throws `input.rerun` when there is no such host.
 * @param wanted `failed`, `unreachable`, `not-started`, several with commas
 * @param run the id of the earlier run, a part of it, or `latest`
 */
export const flagsOfRerun = async (flags: RunFlags, wanted: string, run: string): Promise<RunFlags> => {
  const asked = groupsIn(wanted);
  const fleet = await openFleet(flags);
  const found = await findRun(fleet.directory, run);
  const { started } = foldProgress((await readJournal(found.directory)).events);
  const standings = await standingsAfter(fleet.directory, found.id);
  const allowed = new Set(fleet.select('all').map((host) => host.name));
  const hosts = hostsToRerun(standings, asked).filter((host) => allowed.has(host));
  if (hosts.length === 0) {
    throw new FleetError({
      code: 'input.rerun',
      message: `No host of run ${found.id} ended ${asked.join(' or ')}${flags.limit === undefined ? '' : ` within --limit ${flags.limit}`}: ${countsText(standings)}.`,
      remedy: 'See how runs ended: ovsfleet runs -i INVENTORY',
      facts: { run: found.id },
    });
  }
  const other = flags.playbook !== '' && flags.playbook !== started.playbook;
  return {
    ...flags,
    playbook: flags.playbook === '' ? started.playbook : flags.playbook,
    // Another playbook may know none of the parameters of that run.
    extra: other ? flags.extra : [JSON.stringify(started.params), ...flags.extra],
    store: flags.store ?? started.store ?? undefined,
    limit: hosts.join(','),
  };
};
