import type { Host } from '../model/host.ts';
import type { NeededBuild, ResolvedPlay } from '../playbook/index.ts';
import { shareBuilds } from './builders.ts';
import { endOf } from './gather.ts';
import { asking, type Target, viewOf } from './plan-play.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';

/** The hosts that a play is for; of a play that builds, those that need what it builds. */
export const patternOf = ({ hosts }: ResolvedPlay): string => (hosts.kind === 'pattern' ? hosts.pattern : hosts.for);

const withFacts = (hosts: readonly Host[], who: Roster) =>
  hosts.flatMap((host) => {
    const facts = who.factsOf(host);
    return facts === null ? [] : [{ host, facts }];
  });

/** The builds that the hosts of a play need and the store does not have, each with a host that needs it. */
export const lackingBuilds = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<readonly { readonly host: Host; readonly build: NeededBuild }[]> => {
  const { hosts } = play;
  if (hosts.kind === 'pattern') return [];
  const needs = withFacts(input.select(hosts.for), who).flatMap(({ host, facts }) => {
    try {
      return asking(host, play.title, () => hosts.needed(viewOf(host, facts))).map((build) => ({ host, build }));
    } catch (error) {
      who.end(index, host, endOf(error, 'failed'));
      return [];
    }
  });
  const ids = [...new Set(needs.map(({ build }) => build.id))];
  const found = await Promise.all(ids.map(async (id) => [id, await input.services.store.find(id)] as const));
  const lacking = new Set(found.flatMap(([id, stored]) => (stored === null ? [id] : [])));
  return needs.filter(({ build }) => lacking.has(build.id));
};

/** The hosts that a play takes now; of one that builds, the builders, each with the builds that fell to it. */
export const targetsOf = async (
  index: number,
  play: ResolvedPlay,
  input: RunInput,
  who: Roster,
): Promise<readonly Target[]> => {
  const { hosts } = play;
  if (hosts.kind === 'pattern') {
    return withFacts(input.select(hosts.pattern), who).map((target) => ({ ...target, nodes: null }));
  }
  const lacking = await lackingBuilds(index, play, input, who);
  const builds = lacking.map(({ build }) => build);
  return shareBuilds(builds, withFacts(input.selectAll(hosts.group), who));
};
