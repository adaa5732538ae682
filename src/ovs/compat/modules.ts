import type { Finding, Pair } from './finding.ts';
import { allSeries, type Series } from './series.ts';
import { atLeast, compareVersions, elBuildOf, seriesOf } from './version.ts';

/** Enterprise Linux backports much: a release's module compiles there only once it was taught that minor release's kernel. */
const elKernels: readonly {
  readonly el: 7 | 8;
  readonly build: number;
  readonly name: string;
  /** The first release of each series that compiles there; earlier ones, and series before the first, do not. */
  readonly taught: readonly string[];
}[] = [
  { el: 7, build: 862, name: '7.5', taught: ['2.8.3', '2.9.1', '2.10.0'] },
  { el: 7, build: 957, name: '7.6', taught: ['2.10.3', '2.11.2', '2.12.0'] },
  { el: 7, build: 1062, name: '7.7', taught: ['2.12.1', '2.13.0'] },
  { el: 7, build: 1127, name: '7.8', taught: ['2.12.1', '2.13.1', '2.14.0'] },
  { el: 8, build: 0, name: '8', taught: ['2.14.0'] },
  { el: 8, build: 305, name: '8.4', taught: ['2.17.0'] },
];

const elSource = 'git log datapath/ rhel/ of openvswitch/ovs';

/** Why a module does not compile with an Enterprise Linux kernel that its release was not taught; `null` when nothing is known against it. */
const elObjection = (version: string, kernel: string): Finding | null => {
  const build = elBuildOf(kernel);
  const el = /\.el(\d+)/.exec(kernel)?.[1];
  if (build === null || el === undefined) return null;
  if (el === '7' && build < 514 && atLeast(version, '2.17'))
    return {
      is: 'refused',
      because: `the module of ${version} does not compile with kernels of EL 7.2 and before (struct sk_buff has no rxhash)`,
      instead: 'a newer kernel of EL 7, or release 2.9.9',
      source: 'github.com/openvswitch/ovs/issues/411',
    };
  const row = elKernels.filter((known) => String(known.el) === el && build >= known.build).at(-1);
  if (row === undefined) return null;
  const own = row.taught.find((release) => seriesOf(release) === seriesOf(version));
  const last = row.taught.at(-1) ?? '';
  if (own === undefined ? atLeast(version, last) : atLeast(version, own)) return null;
  return {
    is: 'unproven',
    because: `configure takes ${version}'s module for kernels of EL ${row.name}, whose backports it was taught only in ${own ?? last}: it will hardly compile`,
    instead: `release ${own ?? last}, or the kernel's own: module=in-tree`,
    source: elSource,
  };
};

/** Pairs that somebody ran, as their source says. */
const provenModules: readonly { readonly version: string; readonly kernel: RegExp; readonly source: string }[] = [
  { version: '2.9.0', kernel: /^3\.10\.0-693\..*el7/, source: 'the hand procedure, CentOS 7.4' },
];

const unsigned = ({ version, signatures, signing }: Pair): Finding | null =>
  signatures !== 'enforced' || signing === 'key'
    ? null
    : {
        is: 'refused',
        because: `the module of ${version} would not be signed, and this kernel loads signed modules alone`,
        instead:
          "the kernel's own: module=in-tree, or a key of yours that is enrolled there (mokutil --import, at the console)",
        source: 'Linux, Documentation/admin-guide/module-signing.rst',
      };

/** What is known of a release's own module with a kernel. */
export const ownModule = (pair: Pair, row: Series): Finding => {
  const { version, kernel } = pair;
  const release = seriesOf(kernel);
  const { module } = row;
  if (module === null)
    return {
      is: 'refused',
      because: `${version} has no kernel module of its own: the last series with one is 2.17`,
      instead: "the kernel's own: module=in-tree",
      source: 'NEWS of 3.0',
    };
  const max =
    module.early !== undefined && compareVersions(version, module.early.release) <= 0 ? module.early.max : module.max;
  const newest = allSeries.filter((other) => other.module !== null && atLeast(other.module.max, release));
  if (compareVersions(release, max) > 0) {
    const [takes] = newest;
    return {
      is: 'refused',
      because: `kernel ${release} can't have ${version}'s module, which configure takes for kernels up to ${max}`,
      instead: `the kernel's own: module=in-tree${takes === undefined ? '' : `, or release ${takes.last}`}`,
      source: module.source,
    };
  }
  if (!atLeast(kernel, module.min))
    return {
      is: 'refused',
      because: `kernel ${release} can't have ${version}'s module, which configure takes for kernels from ${module.min} on`,
      instead: 'a newer kernel',
      source: module.source,
    };
  const objection = unsigned(pair) ?? elObjection(version, kernel);
  if (objection !== null) return objection;
  const proof = provenModules.find((known) => known.version === version && known.kernel.test(kernel));
  if (proof !== undefined)
    return { is: 'proven', because: `${version}'s module runs with kernel ${kernel}`, source: proof.source };
  return {
    is: 'unproven',
    because: `configure takes kernel ${release} for ${version}'s module, yet whether it compiles and loads is only seen by doing it`,
    instead: null,
    source: module.source,
  };
};

const isBackported = (kernel: string): boolean => /\.el[789]/.test(kernel);

/** What is known of a release with the module that a kernel brings. */
export const inTree = ({ version, kernel }: Pair): Finding => {
  const release = seriesOf(kernel);
  if (!atLeast(kernel, '3.3'))
    return {
      is: 'refused',
      because: `kernel ${release} has no module for Open vSwitch of its own: Linux has one since 3.3`,
      instead: atLeast(version, '3.0') ? 'a newer kernel, or release 2.17.12 with module=ours' : 'module=ours',
      source: 'Documentation/faq/releases.rst',
    };
  if (atLeast(version, '4.0') && !atLeast(kernel, '4.3') && !isBackported(kernel))
    return {
      is: 'refused',
      because: `${version} needs tunnels by metadata, which kernel ${release} does not have: Linux has them since 4.3`,
      instead: 'release 3.7.1',
      source: 'NEWS of 4.0',
    };
  if (atLeast(version, '3.0') && atLeast(kernel, '5.10'))
    return {
      is: 'proven',
      because: `the module of kernel ${release} serves ${version}`,
      source: 'Documentation/faq/releases.rst, and distributions that ship such pairs',
    };
  if (!atLeast(kernel, '4.18') && !isBackported(kernel))
    return {
      is: 'unproven',
      because: `the module of kernel ${release} lacks some of what ${version} can do (meters, limits of connection tracking zones: 4.18)`,
      instead: null,
      source: 'Documentation/faq/releases.rst',
    };
  return {
    is: 'unproven',
    because: `the module of kernel ${release} is one that ${version} can use, yet nobody here has seen it`,
    instead: null,
    source: 'Documentation/faq/releases.rst',
  };
};
