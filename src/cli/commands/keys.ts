import { stat } from 'node:fs/promises';
import type { CommandModule } from 'yargs';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes, worst } from '../../model/exit-code.ts';
import { foldHosts } from '../../model/fold-hosts.ts';
import type { Look } from '../../render/index.ts';
import { byDistance, type HostKeyScanner, hostKeyScanner, type Scan, type ScannedKey } from '../../ssh/index.ts';
import { accessFlagsOf, openAccess } from '../access.ts';
import { withPattern } from '../ask.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { isScanned, isUnscanned, keyJson, keyProblems, keyTable, type Scanned } from '../key-words.ts';
import { terminalOperator } from '../operator.ts';
import { colorOf, forksOf, lookFor } from '../options.ts';
import { isHere, settleWays } from '../ssh-flags.ts';
import { unlockKeys } from '../unlock-keys.ts';

type Argued = Readonly<Record<string, unknown>>;

interface Asked {
  readonly scanner: HostKeyScanner;
  /** The machines to ask, those on the way first. */
  readonly levels: ReturnType<typeof byDistance>;
  readonly atOnce: number;
  readonly look: Look;
  readonly argv: Argued;
}

const asking = async (argv: Argued): Promise<Asked> => {
  const hosts = (await openFleet(fleetFlagsOf(argv))).select(String(argv['pattern'])).filter((host) => !isHere(host));
  const access = await openAccess(accessFlagsOf(argv));
  const { ssh, passphrases } = access;
  const { password } = access.connection;
  settleWays(ssh, hosts);
  // Only jump hosts are logged in to.
  await unlockKeys(
    access,
    hosts.filter((host) => ssh.of(host).jump !== null),
  );
  return {
    scanner: hostKeyScanner({
      settings: ssh.of,
      random: Math.random,
      passphrase: async (path) => passphrases.get(path),
      ...(password === null ? {} : { password: async () => password }),
    }),
    levels: byDistance(hosts.map(ssh.of)),
    atOnce: forksOf(argv),
    look: lookFor(colorOf(argv), process.stdout),
    argv,
  };
};

const print = (scans: readonly Scan[], { look, argv }: Asked): void => {
  const text =
    argv['json'] === true
      ? scans.map((scan) => `${keyJson(scan)}\n`).join('')
      : keyTable(scans.filter(isScanned), look) + keyProblems(scans.filter(isUnscanned), look);
  process.stdout.write(text);
};

const reached = (scans: readonly Scan[]): ExitCode => (scans.every(isScanned) ? exitCodes.ok : exitCodes.unreachable);

const differs = ({ standing }: ScannedKey): boolean => standing !== 'same' && standing !== 'more';

/** Only what known_hosts has otherwise, or has not of hosts that it does not know. */
const differing = (scan: Scan): Scan => (isScanned(scan) ? { ...scan, keys: scan.keys.filter(differs) } : scan);

const scan = async (argv: Argued): Promise<ExitCode> => {
  const asked = await asking(argv);
  const scans = await asked.scanner.scan(asked.levels.flat(), asked.atOnce);
  print(scans, asked);
  return reached(scans);
};

const diff = async (argv: Argued): Promise<ExitCode> => {
  const asked = await asking(argv);
  const scans = (await asked.scanner.scan(asked.levels.flat(), asked.atOnce)).map(differing);
  print(scans, asked);
  const some = scans.some((one) => isScanned(one) && one.keys.length > 0);
  if (!some && argv['json'] !== true && reached(scans) === exitCodes.ok) {
    process.stdout.write(`known_hosts has keys of all ${scans.length} machines, and none of them changed\n`);
  }
  return worst([reached(scans), some ? exitCodes.changes : exitCodes.ok]);
};

const agrees = async (count: number, machines: readonly Scanned[], argv: Argued): Promise<boolean> => {
  if (argv['yes'] === true) return true;
  const names = foldHosts(machines.map(({ settings }) => settings.name));
  const files = [...new Set(machines.map(({ settings }) => settings.userKnownHostsFiles[0]))].join(', ');
  const answer = await terminalOperator.ask(
    `Record ${count} keys of ${names} in ${files}? Compare them with what the consoles of the machines say first. (yes/no) `,
  );
  if (answer !== null) return /^y(es)?$/i.test(answer);
  throw new FleetError({
    code: 'input.confirm',
    message: 'Nobody is at a terminal to say whether these keys are right.',
    remedy: 'Run it on a terminal, or add --yes once you have compared the fingerprints',
  });
};

const refusals = (machines: readonly Scanned[], look: Look): ExitCode => {
  if (machines.length === 0) return exitCodes.ok;
  const names = foldHosts(machines.map(({ settings }) => settings.name));
  process.stdout.write(
    `${look.paint('bad', 'not recorded:')} ${names}: known_hosts has other keys, or they are revoked.\n` +
      `  ${look.glyphs.arrow} Ask who changed them; if they are right: ovsfleet keys trust ${names} --replace -i …\n`,
  );
  return exitCodes.hostFailed;
};

/** Files that take no keys: there is none, or it is `/dev/null`. */
const takesNone = async (machines: readonly Scanned[]): Promise<FleetError | undefined> => {
  const files = new Map(machines.map(({ settings }) => [settings.userKnownHostsFiles[0], settings.name]));
  for (const [file, name] of files) {
    const found = file === undefined ? undefined : await stat(file).catch(() => null);
    if (file !== undefined && (found === null || found?.isFile() === true)) continue;
    return new FleetError({
      code: 'ssh.no-known-hosts-file',
      message: `${name}: UserKnownHostsFile is ${file ?? 'none'}, which takes no keys.`,
      remedy:
        'Name a file: UserKnownHostsFile ~/.ssh/known_hosts in ssh_config, or ovsfleet_known_hosts in the inventory',
    });
  }
  return undefined;
};

/** Records what is new of one level, which the next level may be reached through. */
const trustLevel = async (scans: readonly Scan[], asked: Asked): Promise<ExitCode> => {
  const { scanner, look, argv } = asked;
  const replaces = argv['replace'] === true;
  const news = scans.map(differing).filter((one) => !isScanned(one) || one.keys.length > 0);
  print(news, asked);
  const machines = scans.filter(isScanned);
  const refused = machines.filter(({ keys }) =>
    keys.some(({ standing }) => standing === 'revoked' || (standing === 'changed' && !replaces)),
  );
  const wanted = machines.filter((one) => !refused.includes(one) && one.keys.some(differs));
  const count = wanted.reduce((sum, { keys }) => sum + keys.filter(differs).length, 0);
  const problem = await takesNone(wanted);
  if (problem !== undefined) throw problem;
  const code = refusals(refused, look);
  if (count === 0) return worst([code, reached(scans)]);
  if (!(await agrees(count, wanted, argv))) {
    process.stdout.write('nothing was recorded\n');
    return exitCodes.paused;
  }
  await Promise.all(
    wanted.map(({ settings, keys }) => {
      const changed = keys.some(({ standing }) => standing === 'changed');
      // A replacement takes away all that is known of the name, so that all is recorded anew.
      return scanner.record(
        settings,
        changed ? keys : keys.filter(({ standing }) => standing === 'missing'),
        changed ? 'replace' : 'keep',
      );
    }),
  );
  if (argv['json'] !== true) process.stdout.write(`recorded ${count} keys of ${wanted.length} machines\n`);
  return worst([code, reached(scans)]);
};

const trust = async (argv: Argued): Promise<ExitCode> => {
  const asked = await asking(argv);
  const codes: ExitCode[] = [];
  for (const level of asked.levels) {
    const scans = await asked.scanner.scan(level, asked.atOnce);
    codes.push(await trustLevel(scans, asked));
    if (codes.includes(exitCodes.paused)) break;
  }
  if (worst(codes) === exitCodes.ok && argv['json'] !== true) process.stdout.write('all keys are known\n');
  return worst(codes);
};

/** `ovsfleet keys scan|trust|diff`: the host keys of a selection, and those of the jump hosts on the way. */
export const keysCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'keys <command>',
  describe: 'Look at the host keys of hosts, compare them with known_hosts, record them',
  builder: (yargs) =>
    yargs
      .example('$0 keys trust hypervisors -i hosts', 'record what known_hosts has not, after one question')
      .command({
        command: 'scan [pattern]',
        describe: 'Show the keys that hosts show, and what known_hosts says of each',
        builder: (inner) =>
          withPattern(inner).example('$0 keys scan hypervisors -i hosts', 'all their keys as a table'),
        handler: async (argv) => ended(await scan(argv)),
      })
      .command({
        command: 'diff [pattern]',
        describe: 'Show only keys that known_hosts has not, or has otherwise (then exit 5)',
        builder: (inner) => withPattern(inner).example('$0 keys diff all -i hosts', 'whose keys changed'),
        handler: async (argv) => ended(await diff(argv)),
      })
      .command({
        command: 'trust [pattern]',
        describe: 'Record keys that known_hosts has not, after one question',
        builder: (inner) =>
          withPattern(inner)
            .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'Record without asking' })
            .option('replace', {
              type: 'boolean',
              default: false,
              describe: 'Record changed keys too, in the place of those that are there',
            })
            .example('$0 keys trust all -i hosts', 'before the first run')
            .example('$0 keys trust hv07 --replace -i hosts', 'after hv07 was installed anew'),
        handler: async (argv) => ended(await trust(argv)),
      })
      .demandCommand(1, 'Say what to do: scan, diff, trust'),
  handler: () => {},
});
