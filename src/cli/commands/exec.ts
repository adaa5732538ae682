import { readFile } from 'node:fs/promises';
import type { Argv, CommandModule } from 'yargs';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Exit } from '../../model/ports.ts';
import { type Answer, answersText } from '../answers.ts';
import { type Ask, ask, askHosts, codeOf, withHosts } from '../ask.ts';
import { lineTap } from '../line-tap.ts';
import { colorOf, lookFor } from '../options.ts';
import { type Asked, remoteProgram } from '../remote-program.ts';

type Argvs = Readonly<Record<string, unknown>>;

/** What a host printed, in the order in which it came and by stream. */
interface Heard {
  readonly both: string;
  readonly stdout: string;
  readonly stderr: string;
}

const endingOf = ({ code, signal }: Exit): string =>
  code === 0 ? '' : signal === null ? `(exit status ${code ?? '?'})` : `(ended by ${signal})`;

const answerOf = ({ both, stdout, stderr }: Heard, exit: Exit): Answer => {
  const between = both === '' || both.endsWith('\n') ? '' : '\n';
  return {
    text: `${both}${exit.code === 0 ? '' : `${between}${endingOf(exit)}`}`,
    code: exit.code === 0 ? exitCodes.ok : exitCodes.hostFailed,
    facts: { exit: exit.code, signal: exit.signal, stdout, stderr },
  };
};

type Show = (host: string, stream: 'stdout' | 'stderr', line: string) => void;

/** Runs it there; every line is shown as it comes, and all of them are the answer. */
const runs =
  (program: string, show: Show): Ask =>
  async (host, { connections, secrets }, signal) => {
    const connection = await connections.get(host, signal);
    const both: Uint8Array[] = [];
    const heard = (stream: 'stdout' | 'stderr') => {
      const chunks: Uint8Array[] = [];
      const tap = lineTap((line) => show(host.name, stream, secrets.hide(line)));
      const take = (chunk: Uint8Array): void => {
        both.push(chunk);
        chunks.push(chunk);
        tap.take(chunk);
      };
      return { chunks, take, end: tap.end };
    };
    const [out, err] = [heard('stdout'), heard('stderr')];
    const exit = await connection.run(program, { onStdout: out.take, onStderr: err.take, signal });
    out.end();
    err.end();
    const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('utf8');
    return answerOf({ both: text(both), stdout: text(out.chunks), stderr: text(err.chunks) }, exit);
  };

const options = <T>(yargs: Argv<T>) =>
  withHosts(yargs)
    .positional('words', { type: 'string', array: true, default: [], describe: 'The command, after --' })
    .option('stream', {
      type: 'boolean',
      default: false,
      describe: 'Show each line as it comes, the name of its host before it',
    })
    .option('script', {
      type: 'string',
      nargs: 1,
      describe:
        'Run this file of the controller, by the interpreter of its first line; words after -- are its arguments',
    })
    .option('stdin', { type: 'boolean', default: false, describe: 'Hand on to each host what stands on stdin' })
    .example('$0 exec hypervisors -i hosts -- uptime', 'equal answers stand together')
    .example("$0 exec 'hv[01-20]' -i hosts --per-host -- 'ovs-vsctl --version | head -1'", 'a line a host')
    .example('$0 exec all -i hosts --stream -- journalctl -f -u ovs-vswitchd', 'as it comes; Ctrl-C ends it')
    .example('$0 exec rack1 -i hosts --script check.sh -- --deep', 'a script of yours, with an argument')
    .example('$0 exec all -i hosts --stdin -- tee /etc/motd < motd', 'your stdin, to every host');

const words = (argv: Argvs): readonly string[] =>
  [...(Array.isArray(argv['words']) ? argv['words'] : []), ...(Array.isArray(argv['--']) ? argv['--'] : [])].map(
    String,
  );

const asked = async (argv: Argvs): Promise<Asked> => {
  const { script } = argv;
  if (typeof script !== 'string') {
    const text = words(argv).join(' ');
    if (text.trim() !== '') return { is: 'command', text };
    throw new FleetError({
      code: 'input.usage',
      message: 'There is no command to run.',
      remedy: 'Write it after two dashes: ovsfleet exec hypervisors -i inventory.yaml -- uptime',
    });
  }
  const bytes = await readFile(script).catch((error: unknown) => {
    throw new FleetError(
      {
        code: 'files.unreadable',
        message: `${script} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: 'Give the path of a script on this machine: --script FILE',
      },
      error,
    );
  });
  return { is: 'script', bytes, args: words(argv) };
};

/** All that stands on stdin; in memory, since every host gets it. */
const readStdin = async (): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const showLine: Show = (host, stream, line) => process[stream].write(`${host}: ${line}\n`);

/** Shows lines as they come, and at the end who did not end well, and how. */
const stream = async (argv: Argvs, pattern: string, program: string): Promise<ExitCode> => {
  const answers = await askHosts(argv, pattern, runs(program, showLine));
  const badly = [...answers].flatMap(([host, answer]) => {
    if (answer.code === exitCodes.ok) return [];
    // The lines of those that ran are told already.
    const text =
      answer.facts !== undefined && 'stdout' in answer.facts ? (answer.text.split('\n').at(-1) ?? '') : answer.text;
    return [[host, { ...answer, text }] as const];
  });
  process.stderr.write(answersText(new Map(badly), 'folded', lookFor(colorOf(argv), process.stderr)));
  return codeOf(answers);
};

/** `ovsfleet exec`: a command, or a script of the controller, on many hosts. */
export const execCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'exec <pattern> [words..]',
  describe: 'Run a shell command on hosts: ovsfleet exec hypervisors -i inv -- uptime',
  builder: options,
  handler: async (argv) => {
    const program = remoteProgram(await asked(argv), argv['stdin'] === true ? await readStdin() : null);
    const pattern = String(argv['pattern']);
    const streams = argv['stream'] === true && argv['json'] !== true;
    ended(
      await (streams
        ? stream(argv, pattern, program)
        : ask(
            argv,
            pattern,
            runs(program, () => {}),
          )),
    );
  },
});
