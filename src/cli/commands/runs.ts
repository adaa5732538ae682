import type { CommandModule } from 'yargs';
import { isResumable, type RunDirectory, type RunStory, storiesOf } from '../../journal/index.ts';
import type { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { hostOutcomes } from '../../model/outcome.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { fleetOptions } from '../options.ts';

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

const countsOf = ({ standings }: RunStory): Readonly<Record<string, number>> =>
  Object.fromEntries(
    hostOutcomes
      .map((outcome) => [outcome, [...standings.values()].filter((other) => other === outcome).length] as const)
      .filter(([, count]) => count > 0),
  );

const endOf = (story: RunStory): string => {
  const { finished } = story.progress;
  if (story.resumedBy !== null) return `gone on with by ${story.resumedBy}`;
  if (finished === null) return 'cut off, or still under way: can be resumed';
  return `exit ${finished.exitCode}${isResumable(story) ? ', can be resumed' : ''}`;
};

const lines = (story: RunStory): readonly string[] => {
  const { started } = story.progress;
  const counts = Object.entries(countsOf(story)).map(([outcome, count]) => `${count} ${outcome.replace('-', ' ')}`);
  return [
    `${story.run.id}  ${dateOf(started.time)} UTC  ${started.title}`,
    `  ${counts.join(', ') || 'no host'}; ${endOf(story)}`,
  ];
};

const asJson = (story: RunStory): string => {
  const { started, finished } = story.progress;
  const { title, playbook, limit, resumes, plan, time } = started;
  return JSON.stringify({
    run: story.run.id,
    ...{ title, playbook, limit, resumes, plan, startedAt: time },
    exitCode: finished?.exitCode ?? null,
    counts: countsOf(story),
    resumable: isResumable(story),
    resumedBy: story.resumedBy,
  });
};

const tellDamaged = (run: RunDirectory, { message, remedy }: FleetError): void => {
  process.stderr.write(`warning: ${run.id}: ${message}\n  → ${remedy}\n`);
};

/** `ovsfleet runs`: what was run on the fleet of an inventory, and what can be gone on with. */
export const runsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'runs',
  describe: 'List the runs of this fleet, newest first: how they ended, and which can be resumed',
  builder: (yargs) =>
    fleetOptions(yargs)
      .option('last', { alias: 'n', type: 'number', nargs: 1, default: 20, describe: 'So many of them' })
      .example('$0 runs -i hosts -n 3', 'the last three')
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON, a run a line' }),
  handler: async (argv) => {
    const { directory } = await openFleet({ ...fleetFlagsOf(argv), limit: undefined });
    let left = Number(argv['last']);
    for await (const story of storiesOf(directory, tellDamaged)) {
      if (left <= 0) break;
      left -= 1;
      const text = argv['json'] === true ? asJson(story) : lines(story).join('\n');
      process.stdout.write(`${text}\n`);
    }
    ended(exitCodes.ok);
  },
});
