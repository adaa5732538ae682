import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Machine } from '../../../src/lab/index.ts';
import { type Ended, eventsOf } from '../../lab/support/product.ts';
import { operatorOf } from './ground.ts';
import { timesOf } from './times.ts';

export const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** What the first machine may take: its image is made in minutes, and on a busy machine in many. */
export const HOUR = 3_600_000;

/** Extra parameters, as -e takes them. */
export type Settings = Readonly<Record<string, string>>;

const flags = (settings: Settings): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);

/** The parameters that ask for modules which were compiled elsewhere. */
export const builtModules = async (tarball: string): Promise<Settings> => ({
  module: 'ours',
  module_from: 'built',
  module_source: tarball,
  module_sha256: createHash('sha256')
    .update(await readFile(tarball))
    .digest('hex'),
});

let asked = 0;

/** playbooks/modules.ts, run or planned by an operator of its own. */
export const modules = async (machine: Machine, verb: 'run' | 'plan', settings: Settings): Promise<Ended> => {
  asked += 1;
  const operator = await operatorOf(machine, `operator-${asked}`);
  const began = Date.now();
  const ended = await operator.run([verb, 'playbooks/modules.ts', '--no-type-check', ...flags(settings)]);
  log(`${machine.name}: ${verb} took ${((Date.now() - began) / 1000).toFixed(1)} s: ${timesOf(ended.events)}`);
  return ended;
};

/** All that a person would read of how it ended, for a test's complaint. */
export const wordsOf = (ended: Ended): string =>
  [
    ended.stderr,
    ...eventsOf(ended.events, 'host.finished').map(({ outcome, problem }) => `${outcome}: ${problem?.message ?? ''}`),
    ...eventsOf(ended.events, 'step.finished').map(
      ({ step, outcome, message }) => `${step} ${outcome} ${message ?? ''}`,
    ),
    ...eventsOf(ended.events, 'step.output').map(({ text }) => text),
    ...eventsOf(ended.events, 'transaction.log').map(({ text }) => text),
  ].join('\n');
