import type { Argv, CommandModule } from 'yargs';
import { type Lab, labUp, listLabs, openLab, parseHostCounts, removeLab } from '../../lab/index.ts';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { labVmCommand } from './lab-vm.ts';

type Ended = (code: ExitCode) => void;

const defaultHosts = 'pkg31=2,agent=2,src=2,builder=1';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const named = <T>(yargs: Argv<T>) =>
  yargs.option('name', { alias: 'n', type: 'string', nargs: 1, default: 'lab', describe: 'Which lab' });

const nameOf = (argv: Readonly<Record<string, unknown>>): string => String(argv['name']);

/** What to type to look around. */
export const labWords = (lab: Lab): string =>
  [
    `The lab "${lab.name}" is up: ${lab.hosts.map((host) => `${host.name} (${host.profile})`).join(', ')}`,
    `  run in it     ovsfleet lab exec -n ${lab.name} -- ovsfleet run playbooks/upgrade.ts -i ${lab.inventoryFile}`,
    `  log in        ovsfleet lab ssh ${lab.hosts[0]?.name ?? 'HOST'} -n ${lab.name}`,
    `  look          ovsfleet lab status -n ${lab.name}`,
    `  take it down  ovsfleet lab down -n ${lab.name}`,
    '',
  ].join('\n');

/** Hands the terminal to a command and ends with its status. */
const handOver = (lab: Lab, command: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = lab.spawn(command);
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128));
  });

const handler =
  (ended: Ended, act: (lab: Lab, argv: Readonly<Record<string, unknown>>) => Promise<void>) =>
  async (argv: Readonly<Record<string, unknown>>): Promise<void> => {
    await act(await openLab(nameOf(argv), { log }), argv);
    ended(exitCodes.ok);
  };

const hostCommand = (
  ended: Ended,
  verb: string,
  describe: string,
  act: (lab: Lab, host: string) => Promise<void>,
): CommandModule => ({
  command: `${verb} <host>`,
  describe,
  builder: (yargs) => named(yargs).positional('host', { type: 'string', demandOption: true }),
  handler: handler(ended, async (lab, argv) => {
    await act(lab, String(argv['host']));
    log(`${String(argv['host'])}: ${verb} done`);
  }),
});

const status = async (lab: Lab): Promise<void> => {
  for (const host of await lab.status()) {
    log(
      `${host.name.padEnd(10)} ${host.profile.padEnd(8)} ${host.address.padEnd(14)} ${host.power.padEnd(4)} login ${host.login ? 'yes' : 'no '}  traffic ${host.traffic}`,
    );
  }
};

/** `ovsfleet lab …`: a throwaway fleet of real hosts on this machine. */
export const labCommand = (ended: Ended): CommandModule => ({
  command: 'lab <command>',
  describe: 'A throwaway fleet of real hosts on this machine',
  builder: (yargs) =>
    yargs
      .example('$0 lab up try --hosts pkg31=2', 'two hosts with the Open vSwitch of Debian')
      .example('$0 lab exec -n try -- ovsfleet ping all -i …', 'a command where they can be reached')
      .command({
        command: 'up [name]',
        describe: 'Bring a lab up',
        builder: (inner) =>
          inner.positional('name', { type: 'string', default: 'lab' }).option('hosts', {
            type: 'string',
            nargs: 1,
            default: defaultHosts,
            describe: 'Profiles: pkg31, agent, src, over, tight, builder, ssh',
          }),
        handler: async (argv) => {
          const lab = await labUp({
            name: nameOf(argv),
            hosts: parseHostCounts(String(argv['hosts'])),
            keep: true,
            log,
          });
          process.stdout.write(labWords(lab));
          ended(exitCodes.ok);
        },
      })
      .command({
        command: 'list',
        describe: 'Which labs there are',
        handler: async () => {
          for (const lab of await listLabs()) log(`${lab.name.padEnd(16)} ${lab.state.padEnd(10)} ${lab.hosts} hosts`);
          ended(exitCodes.ok);
        },
      })
      .command({ command: 'status', describe: 'How its hosts are', builder: named, handler: handler(ended, status) })
      .command({
        command: 'ssh <host> [words..]',
        describe: 'Log in to a host, or run a command there',
        builder: (inner) =>
          named(inner)
            .positional('host', { type: 'string', demandOption: true })
            .positional('words', { type: 'string', array: true, default: [] }),
        handler: async (argv) => {
          const lab = await openLab(nameOf(argv), { log });
          const words = [
            ...(Array.isArray(argv['words']) ? argv['words'] : []),
            ...(Array.isArray(argv['--']) ? argv['--'] : []),
          ].map(String);
          process.exitCode = await handOver(lab, lab.sshCommand(String(argv['host']), words));
        },
      })
      .command({
        command: 'exec',
        describe: 'Run a command where the hosts can be reached: lab exec -- ovsfleet ping …',
        builder: named,
        handler: async (argv) => {
          const lab = await openLab(nameOf(argv), { log });
          const words = (Array.isArray(argv['--']) ? argv['--'] : []).map(String);
          if (words.length === 0)
            throw new FleetError({
              code: 'input.command',
              message: 'There is no command to run in the lab.',
              remedy: 'Put it after two dashes: ovsfleet lab exec -- ip addr',
            });
          // The same ovsfleet, also where it is not installed.
          const [first = '', ...rest] = words;
          const command =
            first === 'ovsfleet' ? [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...rest] : words;
          process.exitCode = await handOver(lab, command);
        },
      })
      .command(hostCommand(ended, 'reboot', 'Reboot a host', (lab, host) => lab.reboot(host)))
      .command(hostCommand(ended, 'crash', 'Cut the power of a host; it stays off', (lab, host) => lab.crash(host)))
      .command(hostCommand(ended, 'start', 'Start a host that is off', (lab, host) => lab.start(host)))
      .command(hostCommand(ended, 'cut', 'Unplug the management link of a host', (lab, host) => lab.cut(host)))
      .command(
        hostCommand(ended, 'silence', 'Drop all packets of its management link, silently', (lab, host) =>
          lab.silence(host),
        ),
      )
      .command(hostCommand(ended, 'heal', 'Plug it in again, and let packets through', (lab, host) => lab.heal(host)))
      .command({
        command: 'down',
        describe: 'Take a lab down',
        builder: named,
        handler: async (argv) => {
          await removeLab(nameOf(argv), { log });
          log(`the lab "${nameOf(argv)}" is gone`);
          ended(exitCodes.ok);
        },
      })
      .command(labVmCommand(ended))
      .demandCommand(1, 'Say what to do: up, status, ssh, exec, reboot, crash, start, cut, heal, down, vm'),
  handler: () => {},
});
