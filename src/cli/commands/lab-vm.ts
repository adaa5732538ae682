import type { Argv, CommandModule } from 'yargs';
import { installMachineTools, listMachines, type Machine, removeMachine, startMachine } from '../../lab/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';

type Ended = (code: ExitCode) => void;

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const nameOf = (argv: Readonly<Record<string, unknown>>): string => String(argv['name']);

const named = <T>(yargs: Argv<T>) =>
  yargs.positional('name', { type: 'string', demandOption: true, describe: 'Which machine' });

/** What to type to look around. */
const machineWords = (machine: Machine): string =>
  [
    `The machine "${machine.name}" is up, with kernel ${machine.image.release}`,
    `  log in        ssh -F none -i ${machine.keyFile} -o UserKnownHostsFile=${machine.knownHostsFile} -p ${machine.port} root@127.0.0.1`,
    `  change it     ovsfleet run playbooks/modules.ts -i ${machine.inventoryFile}`,
    `  its modules   ${machine.image.modules}`,
    `  take it down  ovsfleet lab vm down ${machine.name}`,
  ].join('\n');

/** `ovsfleet lab vm …`: virtual machines with a kernel of their own. */
export const labVmCommand = (ended: Ended): CommandModule => ({
  command: 'vm <command>',
  describe: 'Virtual machines, where a kernel of its own is needed',
  builder: (yargs) =>
    yargs
      .command({
        command: 'up <name>',
        describe: 'Start a machine',
        builder: (inner) =>
          named(inner)
            .option('image', {
              choices: ['vmpkg', 'vmsrc'] as const,
              default: 'vmpkg' as const,
              describe: 'What it runs',
            })
            .option('kernel', { type: 'string', array: true, default: [], describe: 'Words for its kernel' }),
        handler: async (argv) => {
          await installMachineTools(log);
          const { image } = argv;
          const kernelWords = argv.kernel.map(String);
          log(machineWords(await startMachine({ name: nameOf(argv), image, kernelWords, keep: true, log })));
          ended(exitCodes.ok);
        },
      })
      .command({
        command: 'list',
        describe: 'Which machines there are',
        handler: async () => {
          for (const { name, runs } of await listMachines()) log(`${name.padEnd(32)} ${runs ? 'on' : 'off'}`);
          ended(exitCodes.ok);
        },
      })
      .command({
        command: 'down <name>',
        describe: 'End a machine and remove its disk',
        builder: named,
        handler: async (argv) => {
          await removeMachine(nameOf(argv));
          log(`the machine "${nameOf(argv)}" is gone`);
          ended(exitCodes.ok);
        },
      })
      .demandCommand(1, 'Say what to do: up, list, down'),
  handler: () => {},
});
