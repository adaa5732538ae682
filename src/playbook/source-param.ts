import type { Value } from '../model/host.ts';

/**
 * What is compiled, as a playbook gets it: a tarball on the controller, wherever it came from.
 */
// A type, not an interface: only so is it a Value.
export type Source = {
  /** As it was given: a path, an address, `git:ADDRESS#REF`. */
  readonly given: string;
  /** The tarball. */
  readonly file: string;
  /** Of the tarball; '' where nobody has looked. */
  readonly sha256: string;
  /** Whether it holds `configure`, or that has to be written by autotools. */
  readonly configure: 'there' | 'missing' | 'unknown';
};

/** The kind of parameter that is fetched and looked at before a playbook sees it. */
export const sourceKind = 'tarball, directory, URL or git:URL#TAG';

/** Whether it names something on this machine. */
export const isLocalSource = (given: string): boolean => !/^(https?:\/\/|git:|git\+)/.test(given);

const looked = ['there', 'missing', 'unknown'] as const;

/** A text is a tarball that nobody has looked at yet: what is sent is checked all the same. */
export const sourceOf = (value: Value): Source | undefined => {
  if (typeof value === 'string')
    return value === '' ? undefined : { given: value, file: value, sha256: '', configure: 'unknown' };
  const found = new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const [given, file, sha256] = ['given', 'file', 'sha256'].map((name) => found.get(name));
  const configure = looked.find((word) => word === found.get('configure'));
  if (typeof given !== 'string' || typeof file !== 'string' || typeof sha256 !== 'string' || configure === undefined)
    return undefined;
  return { given, file, sha256, configure };
};
