import type { HostCounts, Lab, LabHost, Profile } from '../../../src/lab/index.ts';
import type { Case } from './case.ts';
import type { Cast } from './stage.ts';

const profileOf = (host: Case['host']): Profile => {
  switch (host) {
    case 'light':
      return 'ssh';
    case 'systemd':
      return 'builder';
    case 'packaged':
      return 'pkg31';
    case 'tight':
    case 'over':
    case 'agent':
      return host;
  }
};

/** The profiles of a case's hosts, in the order in which a play takes them. */
const profiles = ({ host, playbook, turn }: Case): readonly Profile[] => {
  const own = profileOf(host);
  if (playbook === 'swap') return [own, own];
  return turn === 'first' ? [own, 'ssh', 'ssh'] : ['ssh', 'ssh', own];
};

/** The hosts that all cases need; each has its own. */
export const hostsFor = (cases: readonly Case[]): HostCounts => {
  const counts = new Map<Profile, number>();
  for (const profile of cases.flatMap(profiles)) counts.set(profile, (counts.get(profile) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/** Gives each case its hosts, in the order of the lab. */
export const castOf = (cases: readonly Case[], lab: Lab): ReadonlyMap<Case, Cast> => {
  const left: LabHost[] = [...lab.hosts];
  const take = (profile: Profile): string => {
    const at = left.findIndex((host) => host.profile === profile);
    const [host] = at < 0 ? [] : left.splice(at, 1);
    if (host === undefined) throw new Error(`the lab has too few hosts of profile ${profile}`);
    return host.name;
  };
  return new Map(
    cases.map((one) => {
      const names = profiles(one).map(take);
      const [victim = '', ...others] = one.turn === 'first' ? names : names.toReversed();
      return [one, { victim, others }];
    }),
  );
};
