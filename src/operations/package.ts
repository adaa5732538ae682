import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Named } from './attributes.ts';
import { refuse } from './refuse.ts';

interface Managed extends Named {
  /** Which manager to use; the host's own unless said. */
  readonly manager?: 'apt' | 'dnf' | 'yum' | 'zypper';
}

/** Packages that are there, each in whatever version. */
export interface PresentOptions extends Managed {
  /** Whether upgrades leave them alone; as it is unless said. */
  readonly hold?: 'held' | 'free';
}

/** One package in one version: `3.5.0-1`, without its epoch if you like, or a pattern such as `3.5.*`. */
export interface VersionOptions extends PresentOptions {
  readonly version: string;
}

const withPackages = (script: Script): Script => using(['op-package'], script);

const checked = (names: readonly string[], title: string): readonly string[] => {
  const wrong = names.find((name) => !/^[A-Za-z0-9][\w.+:-]*$/.test(name));
  if (names.length > 0 && wrong === undefined) return names;
  throw refuse('package', `${title}: "${wrong ?? ''}" is no name of a package.`, "Write: ops.package('chrony')");
};

const listOf = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);

const reads = (names: readonly string[], manager: string, version: string, hold: string): Script =>
  withPackages(sh`
    for name in ${names}; do
      op_package ${manager} "$name" ${version} ${hold} || return 1
    done
  `);

const records = (names: readonly string[], state: string, hold: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => [[name, state], ...(hold === undefined ? [] : [[`${name}.hold`, hold]])]));

/**
 * Packages are installed, by apt, dnf, yum or zypper; one of them may be wanted in a version, older ones too. What a
 * package starts or asks is the package's own; configuration files that were changed stay.
 */
export function packages(name: string, options: VersionOptions): Step;
export function packages(names: string | readonly string[], options?: PresentOptions): Step;
export function packages(names: string | readonly string[], options: Partial<VersionOptions> = {}): Step {
  const list = listOf(names);
  const { manager = '', version = '', hold } = options;
  const title = options.title ?? `package ${list.join(', ')}`;
  checked(list, title);
  return step(title, {
    read: reads(list, manager, version, hold ?? ''),
    want: records(list, version === '' ? 'present' : version, hold),
    make: [
      withPackages(sh`op_install ${manager} ${version} ${list}`),
      ...(hold === undefined ? [] : [withPackages(sh`op_hold_package ${manager} ${hold} ${list}`)]),
    ],
  });
}

/** Packages are not installed, nor what needs them; their configuration stays. */
export const noPackages = (names: string | readonly string[], options: Managed = {}): Step => {
  const list = listOf(names);
  const { manager = '', title = `no package ${list.join(', ')}` } = options;
  checked(list, title);
  return step(title, {
    read: reads(list, manager, '', ''),
    want: records(list, 'absent', undefined),
    make: withPackages(sh`op_remove ${manager} ${list}`),
  });
};
