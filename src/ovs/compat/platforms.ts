import { compareVersions } from './version.ts';

/** What a distribution's own packages offer to those who compile. */
export interface Platform {
  /** `ID` of os-release. */
  readonly distro: string;
  /** `VERSION_ID` from this one on, until the next of the same distribution. */
  readonly from: string;
  /** Interpreters that its own packages bring, with `six` for those of Python 2. */
  readonly pythons: readonly string[];
  readonly compiler: string;
  readonly openssl: string;
}

const rows = (
  distros: readonly string[],
  versions: readonly (readonly [from: string, pythons: readonly string[], compiler: string, openssl: string])[],
): readonly Platform[] =>
  distros.flatMap((distro) =>
    versions.map(([from, pythons, compiler, openssl]) => ({ distro, from, pythons, compiler, openssl })),
  );

const el = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'] as const;

/** By the package lists of each distribution. Interpreters of third parties are not counted: a preflight sees what is installed. */
export const platforms: readonly Platform[] = [
  ...rows(el, [
    ['7', ['2.7', '3.6'], '4.8', '1.0.2'],
    ['8', ['2.7', '3.6', '3.8', '3.9', '3.11', '3.12'], '8.5', '1.1.1'],
    ['9', ['3.9', '3.11', '3.12'], '11.3', '3.0'],
    ['10', ['3.12'], '14.2', '3.2'],
  ]),
  ...rows(
    ['debian'],
    [
      ['10', ['2.7', '3.7'], '8.3', '1.1.1'],
      ['11', ['2.7', '3.9'], '10.2', '1.1.1'],
      ['12', ['3.11'], '12.2', '3.0'],
      ['13', ['3.13'], '14.2', '3.5'],
    ],
  ),
  ...rows(
    ['ubuntu'],
    [
      ['18.04', ['2.7', '3.6'], '7.5', '1.1.1'],
      ['20.04', ['2.7', '3.8'], '9.4', '1.1.1'],
      ['22.04', ['3.10'], '11.4', '3.0'],
      ['24.04', ['3.12'], '13.2', '3.0'],
      ['26.04', ['3.14'], '15.2', '3.5'],
    ],
  ),
  ...rows(
    ['openEuler'],
    [
      ['20.03', ['2.7', '3.7'], '7.3', '1.1.1'],
      ['22.03', ['3.9'], '10.3', '1.1.1'],
      ['24.03', ['3.11'], '12.3', '3.0'],
    ],
  ),
  ...rows(
    ['sles', 'opensuse-leap'],
    [
      ['12', ['2.7', '3.4', '3.6'], '4.8', '1.0.2'],
      ['15', ['2.7', '3.6', '3.11'], '7.5', '1.1.1'],
    ],
  ),
];

/** What is known of a distribution; `null` when nothing is. A release after the last known one may have all else. */
export const platformNamed = (distro: string, version: string): Platform | null =>
  platforms
    .filter((row) => row.distro.toLowerCase() === distro.toLowerCase() && compareVersions(version, row.from) >= 0)
    .toSorted((a, b) => compareVersions(b.from, a.from))[0] ?? null;
