import type { Argv, CommandModule } from 'yargs';
import { listTransactions, settleByHand, showTransaction, undoByHand } from '../../execute/index.ts';
import type { ExitCode } from '../../model/exit-code.ts';
import { ask, withPattern } from '../ask.ts';
import { operator } from '../host-lock.ts';
import { fleetOptions, outputOptions } from '../options.ts';
import { handAnswer, listAnswer, noneAnswer, storyAnswer } from '../tx-answers.ts';

const withHost = <T>(yargs: Argv<T>) =>
  outputOptions(fleetOptions(yargs))
    .positional('host', { type: 'string', demandOption: true, describe: 'A host, or a pattern' })
    .positional('id', {
      type: 'string',
      default: '',
      describe: 'Which one; the one that is open, or stuck, or the newest unless said',
    });

type Argvs = Readonly<Record<string, unknown>>;
const hostOf = (argv: Argvs): string => String(argv['host']);
const idOf = (argv: Argvs): string => String(argv['id'] ?? '');

const listCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'list [pattern]',
  describe: 'List the transactions that hosts still have, newest first',
  builder: withPattern,
  handler: async (argv) =>
    ended(
      await ask(argv, String(argv['pattern']), async (host, backing) =>
        listAnswer(
          await listTransactions(await backing.connections.get(host), backing),
          Number(argv['verbose'] ?? 0) > 0 ? 'whole' : 'short',
        ),
      ),
    ),
});

const showCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'show <host> [id]',
  describe: 'Show one: its phases, why it ended as it did, what differs, and the end of its log',
  builder: withHost,
  handler: async (argv) =>
    ended(
      await ask(argv, hostOf(argv), async (host, backing) => {
        const story = await showTransaction(await backing.connections.get(host), idOf(argv), backing);
        return story === null ? noneAnswer(host.name, idOf(argv)) : storyAnswer(host.name, story);
      }),
    ),
});

const settleCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'settle <host> [id]',
  describe: 'See an open one to its end; say of a stuck one that the host was put right by hand',
  builder: (yargs) =>
    withHost(yargs).option('accept', {
      type: 'boolean',
      default: false,
      describe: 'Accept of a stuck one what does not read as before; it is listed and written down on the host',
    }),
  handler: async (argv) =>
    ended(
      await ask(argv, hostOf(argv), async (host, backing) => {
        const differences = argv['accept'] === true ? 'accept' : 'refuse';
        const connection = await backing.connections.get(host);
        return handAnswer(
          host.name,
          idOf(argv),
          await settleByHand(connection, idOf(argv), operator(), differences, backing),
        );
      }),
    ),
});

const undoCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'undo <host> [id]',
  describe: 'Have an open one undone now, or try the undo of a stuck one again',
  builder: withHost,
  handler: async (argv) =>
    ended(
      await ask(argv, hostOf(argv), async (host, backing) => {
        const connection = await backing.connections.get(host);
        return handAnswer(host.name, idOf(argv), await undoByHand(connection, idOf(argv), operator(), backing));
      }),
    ),
});

export const txCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'tx <action>',
  describe: 'Look at the transactions of hosts, and bring them to an end by hand: list, show, settle, undo',
  builder: (yargs) =>
    yargs
      .command(listCommand(ended))
      .command(showCommand(ended))
      .command(settleCommand(ended))
      .command(undoCommand(ended))
      .example('$0 tx list all -i hosts', 'which hosts have any')
      .example('$0 tx settle hv07 -i hosts', 'see the one of hv07 to its end')
      .demandCommand(1, 'Say what to do: list, show, settle or undo'),
  handler: () => {},
});
