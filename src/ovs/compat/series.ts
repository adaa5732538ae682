/** Kernels, as major.minor, that a release's own module is configured for; `null` where there is no such module. */
export interface ModuleGate {
  readonly min: string;
  readonly max: string;
  /** Where the first releases of the series took fewer: the last kernel of theirs, and the last release known to enforce it. */
  readonly early?: { readonly release: string; readonly max: string };
  readonly source: string;
}

/** What a series of releases needs, each with its public source. */
export interface Series {
  readonly series: string;
  /** The last release that is known of; '' where none is out yet. */
  readonly last: string;
  readonly module: ModuleGate | null;
  /** Least Python; series that need Python 2 need python-six with it. */
  readonly python: { readonly major: 2 | 3; readonly least: string; readonly source: string };
  /** Least OpenSSL for TLS; `null` where any will do. */
  readonly openssl: string | null;
  /** The one series of DPDK that it is built with; `null` where it is too old to say. */
  readonly dpdk: string | null;
}

const gate = (tag: string, min: string, max: string, early?: ModuleGate['early']): ModuleGate => ({
  min,
  max,
  source: `acinclude.m4 at ${tag}`,
  ...(early === undefined ? {} : { early }),
});

const python2 = { major: 2, least: '2.7', source: 'Documentation/intro/install/general.rst at v2.9.0' } as const;
const python34 = { major: 3, least: '3.4', source: 'NEWS of 2.13' } as const;
const python36 = { major: 3, least: '3.6', source: 'NEWS of 3.2' } as const;
const python37 = { major: 3, least: '3.7', source: 'NEWS of 3.5' } as const;
const any = null;
const none = null;

/**
 * Every series that has releases, oldest first. The gate is what `configure` enforces at the last tag of a series, which is
 * not always what the FAQ says (2.8: 4.11, not 4.12). DPDK: Documentation/faq/releases.rst. Series before 2.5 are not
 * built here with a module: their trees predate all compilers of today's distributions.
 */
export const allSeries: readonly Series[] = [
  { series: '2.3', last: '2.3.3', module: gate('v2.3.3', '2.6.32', '3.14'), python: python2, openssl: any, dpdk: none },
  { series: '2.4', last: '2.4.1', module: gate('v2.4.1', '2.6.32', '4.0'), python: python2, openssl: any, dpdk: none },
  {
    series: '2.5',
    last: '2.5.12',
    module: gate('v2.5.12', '2.6.32', '4.3'),
    python: python2,
    openssl: any,
    dpdk: '2.2',
  },
  {
    series: '2.6',
    last: '2.6.10',
    module: gate('v2.6.10', '3.10', '4.8'),
    python: python2,
    openssl: any,
    dpdk: '16.07',
  },
  {
    series: '2.7',
    last: '2.7.13',
    module: gate('v2.7.13', '3.10', '4.9'),
    python: python2,
    openssl: any,
    dpdk: '16.11',
  },
  {
    series: '2.8',
    last: '2.8.11',
    module: gate('v2.8.11', '3.10', '4.11'),
    python: python2,
    openssl: any,
    dpdk: '17.05',
  },
  {
    series: '2.9',
    last: '2.9.9',
    module: gate('v2.9.9', '3.10', '4.15', { release: '2.9.0', max: '4.13' }),
    python: python2,
    openssl: any,
    dpdk: '17.11',
  },
  {
    series: '2.10',
    last: '2.10.7',
    module: gate('v2.10.7', '3.10', '4.15'),
    python: python2,
    openssl: any,
    dpdk: '17.11',
  },
  {
    series: '2.11',
    last: '2.11.7',
    module: gate('v2.11.7', '3.10', '4.18'),
    python: python2,
    openssl: any,
    dpdk: '18.11',
  },
  {
    series: '2.12',
    last: '2.12.4',
    module: gate('v2.12.4', '3.10', '5.0'),
    python: python2,
    openssl: any,
    dpdk: '18.11',
  },
  {
    series: '2.13',
    last: '2.13.11',
    module: gate('v2.13.11', '3.10', '5.0'),
    python: python34,
    openssl: any,
    dpdk: '19.11',
  },
  {
    series: '2.14',
    last: '2.14.9',
    module: gate('v2.14.9', '3.10', '5.5'),
    python: python34,
    openssl: any,
    dpdk: '19.11',
  },
  {
    series: '2.15',
    last: '2.15.8',
    module: gate('v2.15.8', '3.10', '5.8'),
    python: python34,
    openssl: any,
    dpdk: '20.11',
  },
  {
    series: '2.16',
    last: '2.16.7',
    module: gate('v2.16.7', '3.10', '5.8'),
    python: python34,
    openssl: any,
    dpdk: '20.11',
  },
  {
    series: '2.17',
    last: '2.17.12',
    module: gate('v2.17.12', '3.10', '5.8'),
    python: python34,
    openssl: any,
    dpdk: '21.11',
  },
  { series: '3.0', last: '3.0.8', module: none, python: python34, openssl: any, dpdk: '21.11' },
  { series: '3.1', last: '3.1.7', module: none, python: python34, openssl: any, dpdk: '22.11' },
  { series: '3.2', last: '3.2.6', module: none, python: python36, openssl: any, dpdk: '22.11' },
  { series: '3.3', last: '3.3.9', module: none, python: python36, openssl: any, dpdk: '23.11' },
  { series: '3.4', last: '3.4.6', module: none, python: python36, openssl: any, dpdk: '23.11' },
  { series: '3.5', last: '3.5.4', module: none, python: python37, openssl: '1.1.1', dpdk: '24.11' },
  { series: '3.6', last: '3.6.3', module: none, python: python37, openssl: '1.1.1', dpdk: '24.11' },
  { series: '3.7', last: '3.7.1', module: none, python: python37, openssl: '1.1.1', dpdk: '25.11' },
  { series: '4.0', last: '', module: none, python: python37, openssl: '1.1.1', dpdk: '25.11' },
];

/** The newest series that has releases. */
export const newestReleased: string = allSeries.findLast(({ last }) => last !== '')?.last ?? '';
