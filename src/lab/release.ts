import { FleetError } from '../model/error.ts';

/** Debian suites whose package openvswitch-source holds a release, the likeliest first. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  '3.1.0': ['bookworm'],
  '3.5.0': ['trixie'],
  '4.0.0': ['forky', 'sid'],
};

/** Releases that `releaseTarball` can make. */
export const RELEASES: readonly string[] = Object.keys(SUITES);

/** Rejects an unknown release with `lab.unknown-release`. */
export const suitesOf = (version: string): readonly string[] => {
  const suites = SUITES[version];
  if (suites !== undefined) return suites;
  throw new FleetError({
    code: 'lab.unknown-release',
    message: `the lab has no source for Open vSwitch ${version}: Debian carries ${RELEASES.join(', ')}`,
    remedy: `use one of ${RELEASES.join(', ')}`,
  });
};

/** The upstream version in the name of a Debian package file: `openvswitch-source_3.5.0-1+b1_all.deb` → `3.5.0`. */
export const upstreamVersion = (deb: string): string | undefined =>
  /^[^_]+_(?:\d+%3a)?([0-9.]+)[^_]*_[^_]+\.deb$/.exec(deb)?.[1];
