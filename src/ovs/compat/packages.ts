import type { Series } from './series.ts';
import { atLeast, compareVersions } from './version.ts';

/** What a family of distributions calls the packages that Open vSwitch is built with and needs to run. */
interface PackageNames {
  readonly distros: readonly string[];
  /** The first release that they are called so in; later rows of the same distribution win. */
  readonly from: string;
  readonly compile: readonly string[];
  /** What writes `configure` where a source has none. */
  readonly autotools: readonly string[];
  readonly ssl: string;
  readonly capng: string;
  readonly python2: readonly string[];
  /** For releases that need at least that Python; the last that is enough is taken. */
  readonly python3: readonly { readonly version: string; readonly packages: readonly string[] }[];
  readonly run: readonly string[];
  /** What the headers of a kernel are called, before its release; '' where nobody knows. */
  readonly headers: string;
}

const autotools = ['autoconf', 'automake', 'libtool'] as const;
const el = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'] as const;
const debian = {
  compile: ['gcc', 'libc6-dev', 'make', 'pkg-config', 'xz-utils'],
  autotools,
  ssl: 'libssl-dev',
  capng: 'libcap-ng-dev',
  headers: 'linux-headers-',
} as const;
const debianRuns = ['libcap-ng0', 'iproute2', 'procps', 'kmod'] as const;
const rpm = { autotools, ssl: 'openssl-devel', capng: 'libcap-ng-devel', headers: 'kernel-devel-' } as const;
const rpmRuns = ['openssl-libs', 'libcap-ng', 'util-linux', 'iproute', 'procps-ng', 'kmod', 'hostname'] as const;
const python = (version: string, ...packages: readonly string[]) => ({ version, packages });

/** By the distributions' own package lists, and rhel/*.spec.in and debian/control of the releases. */
const rows: readonly PackageNames[] = [
  {
    distros: ['debian'],
    from: '10',
    ...debian,
    python2: ['python', 'python-six'],
    python3: [python('3.7', 'python3')],
    run: ['libssl1.1', ...debianRuns],
  },
  {
    distros: ['debian'],
    from: '11',
    ...debian,
    python2: ['python2', 'python-six'],
    python3: [python('3.9', 'python3')],
    run: ['libssl1.1', ...debianRuns],
  },
  {
    distros: ['debian'],
    from: '12',
    ...debian,
    python2: [],
    python3: [python('3.11', 'python3')],
    run: ['libssl3', ...debianRuns],
  },
  {
    distros: ['debian'],
    from: '13',
    ...debian,
    python2: [],
    python3: [python('3.13', 'python3')],
    run: ['libssl3t64', ...debianRuns],
  },
  {
    distros: ['ubuntu'],
    from: '18.04',
    ...debian,
    python2: ['python', 'python-six'],
    python3: [python('3.6', 'python3')],
    run: ['libssl1.1', ...debianRuns],
  },
  {
    distros: ['ubuntu'],
    from: '20.04',
    ...debian,
    python2: ['python2', 'python-six'],
    python3: [python('3.8', 'python3')],
    run: ['libssl1.1', ...debianRuns],
  },
  {
    distros: ['ubuntu'],
    from: '22.04',
    ...debian,
    python2: [],
    python3: [python('3.10', 'python3')],
    run: ['libssl3', ...debianRuns],
  },
  {
    distros: ['ubuntu'],
    from: '24.04',
    ...debian,
    python2: [],
    python3: [python('3.12', 'python3')],
    run: ['libssl3t64', ...debianRuns],
  },
  {
    distros: el,
    from: '7',
    ...rpm,
    compile: ['gcc', 'make', 'pkgconfig', 'xz'],
    python2: ['python', 'python-six'],
    python3: [python('3.6', 'python3')],
    run: rpmRuns,
  },
  {
    distros: el,
    from: '8',
    ...rpm,
    compile: ['gcc', 'make', 'pkgconf-pkg-config', 'diffutils', 'xz'],
    python2: ['python2', 'python2-six'],
    python3: [python('3.6', 'python36'), python('3.9', 'python39')],
    run: rpmRuns,
  },
  {
    distros: el,
    from: '9',
    ...rpm,
    compile: ['gcc', 'make', 'pkgconf-pkg-config', 'diffutils', 'xz'],
    python2: [],
    python3: [python('3.9', 'python3')],
    run: rpmRuns,
  },
  {
    distros: ['openEuler'],
    from: '20.03',
    ...rpm,
    compile: ['gcc', 'make', 'pkgconf', 'diffutils', 'xz'],
    python2: ['python2', 'python2-six'],
    python3: [python('3.7', 'python3')],
    run: rpmRuns,
  },
  {
    distros: ['openEuler'],
    from: '22.03',
    ...rpm,
    compile: ['gcc', 'make', 'pkgconf', 'diffutils', 'xz'],
    python2: [],
    python3: [python('3.9', 'python3')],
    run: rpmRuns,
  },
  {
    distros: ['sles', 'opensuse-leap'],
    from: '12',
    ...rpm,
    ssl: 'libopenssl-devel',
    headers: '',
    compile: ['gcc', 'make', 'pkg-config', 'xz'],
    python2: ['python', 'python-six'],
    python3: [python('3.4', 'python3'), python('3.6', 'python36')],
    run: ['libcap-ng0', 'util-linux', 'iproute2', 'procps', 'kmod'],
  },
  {
    distros: ['sles', 'opensuse-leap'],
    from: '15',
    ...rpm,
    ssl: 'libopenssl-devel',
    headers: '',
    compile: ['gcc', 'make', 'pkg-config', 'xz'],
    python2: ['python2', 'python2-six'],
    python3: [python('3.6', 'python3'), python('3.11', 'python311')],
    run: ['libcap-ng0', 'util-linux', 'iproute2', 'procps', 'kmod'],
  },
];

const rowFor = (distro: string, version: string): PackageNames | null =>
  rows
    .filter(
      ({ distros, from }) =>
        distros.some((name) => name.toLowerCase() === distro.toLowerCase()) && compareVersions(version, from) >= 0,
    )
    .toSorted((a, b) => compareVersions(b.from, a.from))[0] ?? null;

/** What a build asks of its builder, as far as it bears on packages. */
export interface Tools {
  readonly ssl: 'on' | 'off' | 'required';
  readonly capng: 'auto' | 'on' | 'off';
  /** Whether `configure` has to be written. */
  readonly configure: 'there' | 'missing' | 'unknown';
}

/** The packages that a release is built with; `null` for a distribution whose names are not known. */
export const buildPackages = (
  distro: string,
  version: string,
  series: Series,
  tools: Tools,
): readonly string[] | null => {
  const row = rowFor(distro, version);
  if (row === null) return null;
  const newer = row.python3.find((known) => atLeast(known.version, series.python.least)) ?? row.python3.at(-1);
  return [
    ...row.compile,
    ...(series.python.major === 2 ? row.python2 : (newer?.packages ?? [])),
    ...(tools.configure === 'there' ? [] : row.autotools),
    ...(tools.ssl === 'off' ? [] : [row.ssl]),
    ...(tools.capng === 'off' ? [] : [row.capng]),
  ];
};

/**
 * What kernel modules are compiled with: the package that brings the headers of a kernel, '' where nobody knows its name, and the
 * compiler with all that a release's `configure` asks for; `null` for a distribution whose names are not known.
 * @param series of the release whose module it is; `null` for the kernel's own source, which needs neither Python nor autotools
 */
export const modulePackages = (
  distro: string,
  version: string,
  series: Series | null,
  kernel: string,
): { readonly headers: string; readonly packages: readonly string[] } | null => {
  const row = rowFor(distro, version);
  if (row === null) return null;
  return {
    headers: row.headers === '' ? '' : `${row.headers}${kernel}`,
    packages:
      series === null
        ? // pkg-config is asked by a release's configure alone
          row.compile.filter((name) => !/^pkg-?conf/.test(name))
        : (buildPackages(distro, version, series, { ssl: 'off', capng: 'off', configure: 'unknown' }) ?? []),
  };
};

/** The packages that a built release needs on a host that had no Open vSwitch; `null` for a distribution whose names are not known. */
export const runPackages = (distro: string, version: string): readonly string[] | null =>
  rowFor(distro, version)?.run ?? null;
