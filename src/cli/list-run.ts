import { join } from 'node:path';
import { createBus } from '../events/index.ts';
import { endOf, gatherFacts } from '../execute/index.ts';
import { FleetError } from '../model/error.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import { type Leaf, leavesInPlay, type ResolvedPlay } from '../playbook/index.ts';
import { accessTo } from './access-to.ts';
import { systemClock } from './adapters.ts';
import { hostLock } from './host-lock.ts';
import type { Listed } from './list-options.ts';
import { hostsText, type ListedPlay, tagsText, tasksText } from './listing.ts';
import { type Opened, openRun } from './open-run.ts';
import { lookFor } from './options.ts';
import type { RunFlags } from './run-flags.ts';
import { services } from './session.ts';

const readFacts = async ({ fleet, hosts }: Opened, flags: RunFlags): Promise<ReadonlyMap<string, Facts>> => {
  const directory = join(fleet.directory, '.ovsfleet', 'artifacts');
  const bus = createBus({ run: 'list', clock: systemClock, sinks: [] });
  const lock = await hostLock(fleet.directory, null, 'refuse');
  const access = await accessTo(flags.access, hosts);
  const backing = services('list', bus, directory, lock, fleet.directory, access);
  const unique = [...new Map(hosts.map((host) => [host.name, host])).values()];
  try {
    const gathered = await gatherFacts(unique, 'look', flags.forks, backing);
    return new Map([...gathered].flatMap(([host, got]) => ('facts' in got ? [[host, got.facts] as const] : [])));
  } finally {
    await backing.connections.closeAll();
  }
};

/** A playbook may refuse a host by throwing: what it says is told, and the others are listed. */
const leavesOf = (play: ResolvedPlay, host: Host, facts: Facts): readonly Leaf[] => {
  const { name, groups, vars } = host;
  try {
    return leavesInPlay(play, { facts, host: { name, groups, vars } });
  } catch (error) {
    const { problem } = endOf(error, 'failed');
    process.stderr.write(`warning: ${name}: ${problem?.message ?? 'it cannot be done'}\n`);
    return [];
  }
};

const listed = (opened: Opened, facts: ReadonlyMap<string, Facts>): readonly ListedPlay[] =>
  opened.selected.playbook.plays.map((play) => ({
    title: play.title,
    pattern: play.hosts.kind === 'pattern' ? play.hosts.pattern : `builds for ${play.hosts.for}`,
    hosts: new Map(
      opened.hostsOf(play).map((host) => {
        const its = facts.get(host.name);
        return [host.name, its === undefined ? null : leavesOf(play, host, its)] as const;
      }),
    ),
  }));

/** `--list-hosts`, `--list-tasks`, `--list-tags`: what a run would be about; nothing is changed. */
export const listRun = async (flags: RunFlags, what: Listed): Promise<ExitCode> => {
  const look = lookFor(flags.color, process.stdout);
  const opened = await openRun(flags, look);
  if (what === 'hosts') {
    process.stdout.write(hostsText(listed(opened, new Map()), look));
    return exitCodes.ok;
  }
  const facts = await readFacts(opened, flags);
  const plays = listed(opened, facts);
  process.stdout.write(what === 'tasks' ? tasksText(plays, look) : tagsText(plays, look));
  const nothing = opened.selected.nothing();
  if (nothing !== null) throw new FleetError(nothing);
  return opened.hosts.every(({ name }) => facts.has(name)) ? exitCodes.ok : exitCodes.unreachable;
};
