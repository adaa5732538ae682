import { destroy } from './destroy.ts';
import type { LabOptions } from './lab.ts';
import { withLock } from './lock.ts';
import { checkLabName } from './names.ts';
import { requirePreconditions } from './preconditions.ts';

/** Removes a lab in whatever state it is, its record lost or damaged too; nothing happens when there is none. */
export const removeLab = async (name: string, options: LabOptions = {}): Promise<void> => {
  checkLabName(name);
  await requirePreconditions();
  const log = options.log ?? (() => undefined);
  await withLock(`lab-${name}`, { limitMs: 600_000, log, signal: options.signal }, async () => destroy(name));
};
