import type { Finding, Pair } from './finding.ts';
import { type Platform, platformNamed } from './platforms.ts';
import { allSeries, type Series } from './series.ts';
import { atLeast, seriesOf } from './version.ts';

/** What can be had: what the distribution offers, and what was seen on the host besides. */
const offered = ({ distro, distroVersion, seen }: Pair): Pick<Platform, 'pythons' | 'compiler' | 'openssl'> | null => {
  const platform = platformNamed(distro, distroVersion);
  if (seen === null) return platform;
  return {
    pythons: [...new Set([...(platform?.pythons ?? []), ...seen.pythons])],
    compiler: seen.compiler || (platform?.compiler ?? ''),
    openssl: seen.openssl || (platform?.openssl ?? ''),
  };
};

const python = (pair: Pair, row: Series): Finding | null => {
  const platform = offered(pair);
  if (platform === null) return null;
  const { major, least, source } = row.python;
  const fits = (version: string) => version.startsWith(`${major}.`) && atLeast(version, least);
  if (platform.pythons.some(fits) || platform.pythons.length === 0) return null;
  const has = platform.pythons.filter((version) => version.startsWith(`${major}.`));
  const possible = allSeries.filter(
    ({ last, python: needs }) =>
      last !== '' &&
      platform.pythons.some((version) => version.startsWith(`${needs.major}.`) && atLeast(version, needs.least)),
  );
  const nearest = possible.toSorted((a, b) => distance(a.series, pair.version) - distance(b.series, pair.version))[0];
  return {
    is: 'refused',
    because: `${pair.version} needs Python ${major === 2 ? '2.7' : `${least} or later`}, and ${pair.distro} ${pair.distroVersion} offers ${has.at(-1) ?? `no Python ${major}`}`,
    instead: nearest === undefined ? 'build it elsewhere' : `release ${nearest.last}`,
    source,
  };
};

/** How many series lie between. */
const distance = (series: string, version: string): number => {
  const place = (wanted: string) => allSeries.findIndex((row) => row.series === seriesOf(wanted));
  return Math.abs(place(series) - place(version));
};

const openssl = (pair: Pair, row: Series): Finding | null => {
  const platform = offered(pair);
  if (platform === null || platform.openssl === '' || row.openssl === null || pair.ssl === 'off') return null;
  if (atLeast(platform.openssl, row.openssl)) return null;
  return {
    is: 'refused',
    because: `${pair.version} needs OpenSSL ${row.openssl} for TLS, and ${pair.distro} ${pair.distroVersion} has ${platform.openssl}: controllers and managers at ssl: would not be reached`,
    instead: 'ssl=off where none is used, or release 3.4.6',
    source: 'NEWS of 3.5',
  };
};

const compiler = (pair: Pair): Finding | null => {
  const platform = offered(pair);
  if (platform === null || platform.compiler === '' || atLeast(platform.compiler, '4.6')) return null;
  return {
    is: 'refused',
    because: `${pair.version} needs GCC 4.6 or later, and ${pair.distro} ${pair.distroVersion} has ${platform.compiler}`,
    instead: 'a newer distribution to build on',
    source: 'Documentation/intro/install/general.rst',
  };
};

const dpdk = (pair: Pair, row: Series): Finding | null => {
  if (pair.dpdk === '' || row.dpdk === null || seriesOf(pair.dpdk) === seriesOf(row.dpdk)) return null;
  return {
    is: 'refused',
    because: `${pair.version} is built with DPDK ${row.dpdk}, not with ${pair.dpdk}`,
    instead: `dpdk=${row.dpdk}`,
    source: 'Documentation/faq/releases.rst',
  };
};

/** What speaks against building a release with what a distribution offers; nothing where the distribution is unknown. */
export const toolFindings = (pair: Pair, row: Series): readonly Finding[] =>
  [python(pair, row), openssl(pair, row), compiler(pair), dpdk(pair, row)].filter((found) => found !== null);
