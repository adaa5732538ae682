import type { Value } from '../model/host.ts';

/**
 * An earlier run, as a parameter gives it to a playbook: with the runs that it went on with and that went on with it, and
 * the hosts on which any of them began a transaction. The hosts know what became of those.
 */
// A type, not an interface: only so is it a Value.
export type EarlierRun = {
  readonly runs: readonly string[];
  readonly hosts: readonly string[];
};

/** The kind of parameter whose text is looked up in the journals before a playbook sees it. */
export const runKind = 'run of this inventory, e.g. "latest"';

const names = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;

/** Undefined when the value is no run that was looked up; a resumed run is given what the first one found. */
export const earlierRun = (value: Value): EarlierRun | null | undefined => {
  if (value === null) return null;
  const found = new Map<string, unknown>(typeof value === 'object' ? Object.entries(value) : []);
  const [runs, hosts] = [names(found.get('runs')), names(found.get('hosts'))];
  return runs === undefined || hosts === undefined ? undefined : { runs, hosts };
};
