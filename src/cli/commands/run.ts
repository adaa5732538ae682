import type { Argv, CommandModule } from 'yargs';
import { readProgress } from '../../journal/index.ts';
import { FleetError } from '../../model/error.ts';
import type { ExitCode } from '../../model/exit-code.ts';
import { approvedBy, planOfResumed } from '../by-plan.ts';
import { changeOptions, policyOption } from '../change-options.ts';
import { openFleet } from '../fleet.ts';
import { listedOf, listOptions } from '../list-options.ts';
import { listRun } from '../list-run.ts';
import { fleetOptions, fleetOptionsIfAny, outputOptions, sayInventory } from '../options.ts';
import { withPlaybookHelp } from '../playbook-help.ts';
import { flagsOfRerun } from '../rerun.ts';
import { runToResume } from '../resumable.ts';
import { playbookOfResumed } from '../resumed-playbook.ts';
import { flagsOf, lockOption, paperOptions, type RunFlags, runOptions, storeOption } from '../run-flags.ts';
import { execute } from '../run-playbook.ts';
import { secretOption } from '../secret-params.ts';

const wrongUse = (message: string, remedy: string): FleetError =>
  new FleetError({ code: 'input.usage', message, remedy });

const byRun = <T>(yargs: Argv<T>) =>
  listOptions(changeOptions(lockOption(paperOptions(runOptions(fleetOptionsIfAny(yargs))))))
    .positional('run', { type: 'string', describe: 'With --rerun: the earlier run; a part of its id, or "latest"' })
    .option('plan', { type: 'string', nargs: 1, describe: 'Do what this plan says, and nothing else' })
    .option('rerun', {
      type: 'string',
      nargs: 1,
      describe: 'Only the hosts that ended so in an earlier run: failed, unreachable, not-started',
    })
    .option('check', {
      alias: 'C',
      type: 'boolean',
      default: false,
      describe: 'Say what it would do and change nothing; exit 5 when there is something',
    });

/** `run --rerun failed RUN` and `run PLAYBOOK --rerun failed RUN`: the last word is the run. */
const rerunOf = async (flags: RunFlags, wanted: string, run: unknown): Promise<RunFlags> => {
  const [playbook, of] = typeof run === 'string' ? [flags.playbook, run] : ['', flags.playbook];
  return await flagsOfRerun({ ...flags, playbook }, wanted, of === '' ? 'latest' : of);
};

/** Somebody must be there to be asked, and the output is theirs. */
const requireTerminal = ({ change, json }: RunFlags): void => {
  if (change.eachStep === 'go') return;
  if (json) throw wrongUse('--step asks, and --json leaves no place for a question.', 'Leave one of them out.');
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw wrongUse('--step asks on a terminal, and there is none.', 'Leave it out, or start it from a terminal.');
};

const requireWords = ({ playbook, inventory, plan, check, out, report, reportTo }: RunFlags): void => {
  const papers = out !== undefined || report || reportTo !== undefined;
  if (plan !== undefined && papers)
    throw wrongUse('--plan does what a plan says; --out and --report make another.', 'Leave one of them out.');
  if (!check && papers)
    throw wrongUse('--out and --report are for plans.', 'Write: ovsfleet plan PLAYBOOK …, or add --check');
  if (plan !== undefined) return;
  if (inventory.length === 0) throw wrongUse('Missing required argument: inventory.', sayInventory);
  if (playbook === '')
    throw wrongUse('Say which playbook to run.', 'For example: ovsfleet run playbooks/upgrade.ts -i inventory.yaml');
};

/** `ovsfleet run`: a playbook, a plan that was made of one, or what an earlier run did not bring to a good end. */
export const runCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'run [playbook] [run]',
  describe: 'Run a playbook over the hosts of an inventory',
  builder: async (yargs: Argv, helps?: unknown) => {
    const all = byRun(yargs)
      .example('$0 run upgrade.ts -i hosts -e version=3.5.0', 'over the hosts that its plays name')
      .example("$0 run upgrade.ts -i hosts -l 'rack1:!hv07' -C -D", 'what it would do to some of them, files too')
      .example("$0 run upgrade.ts -i hosts --only 'swap/*' --step", 'a part of it, asking before each step')
      .example('$0 run --plan plan.json', 'what a plan says, and nothing else');
    return helps === true ? withPlaybookHelp(all, process.argv.slice(2)) : all;
  },
  handler: async (argv) => {
    const said = flagsOf(argv);
    const { rerun, run } = argv;
    if (typeof rerun === 'string' && said.plan !== undefined)
      throw wrongUse('--plan says which hosts are done, and so does --rerun.', 'Leave one of them out.');
    if (typeof run === 'string' && typeof rerun !== 'string')
      throw wrongUse(`"${run}" is one word too many.`, 'Give one playbook; or --rerun failed RUN');
    if (typeof rerun === 'string' && said.inventory.length === 0)
      throw wrongUse('Missing required argument: inventory.', sayInventory);
    const asked = typeof rerun === 'string' ? await rerunOf(said, rerun, run) : said;
    requireWords(asked);
    requireTerminal(asked);
    const { flags, plan } = await approvedBy(asked);
    const listed = listedOf(argv);
    ended(await (listed === null ? execute(flags, { resumed: null, plan }) : listRun(flags, listed)));
  },
});

const planOptions = <T>(yargs: Argv<T>) => listOptions(policyOption(paperOptions(runOptions(fleetOptions(yargs)))));

/** `ovsfleet plan`: the same as `run --check`. */
export const planCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'plan <playbook>',
  describe: 'Say what a playbook would do; the same as run --check',
  builder: async (yargs: Argv, helps?: unknown) => {
    const all = planOptions(yargs)
      .example('$0 plan upgrade.ts -i hosts -e version=3.5.0 -D', 'before → after, hosts alike folded')
      .example('$0 plan upgrade.ts -i hosts --out plan.json', 'to be done later: ovsfleet run --plan plan.json')
      .example('$0 plan verify.ts -i hosts --report', 'who conforms, who drifts and in what');
    return helps === true ? withPlaybookHelp(all, process.argv.slice(2)) : all;
  },
  handler: async (argv) => {
    const flags = flagsOf(argv);
    const listed = listedOf(argv);
    const check = { ...flags, check: true };
    ended(await (listed === null ? execute(check, { resumed: null, plan: null }) : listRun(flags, listed)));
  },
});

/** `ovsfleet resume`: by the same playbook, parameters and plan. */
export const resumeCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'resume [run]',
  describe: 'Go on with a run that was cut off, paused, or left hosts behind',
  builder: (yargs) =>
    secretOption(changeOptions(lockOption(storeOption(outputOptions(fleetOptions(yargs))))))
      .positional('run', {
        type: 'string',
        default: 'latest',
        describe: 'Its id, a part of it, or "latest": the newest that can be gone on with',
      })
      .example('$0 resume -i hosts', 'the newest that can be gone on with')
      .example('$0 resume 20260113T0100 -i hosts --wait', 'that one, sleeping until its window opens')
      .option('playbook', {
        type: 'string',
        nargs: 1,
        describe: 'Where its playbook lies, when that is not where it lay when the run began',
      }),
  handler: async (argv) => {
    const flags = flagsOf(argv);
    requireTerminal(flags);
    const fleet = await openFleet(flags);
    const run = await runToResume(fleet.directory, String(argv['run']));
    const progress = await readProgress(fleet.directory, run.id);
    const plan = await planOfResumed(run.directory, progress);
    const { started } = progress;
    ended(
      await execute(
        {
          ...flags,
          playbook:
            flags.playbook === ''
              ? await playbookOfResumed(started.playbook, fleet.inventoryDirectory, process.cwd())
              : flags.playbook,
          limit: flags.limit ?? started.limit ?? undefined,
          selection: progress.selection,
          extra: [JSON.stringify(started.params)],
          typeCheck: false,
        },
        { resumed: progress, plan },
      ),
    );
  },
});
