import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { FleetError } from '../../model/error.ts';

/** A connection to qemu's own protocol (QMP): one command after the other. */
export interface Monitor {
  /** Runs a command and gives what it returned. Rejects with `lab.machine-refused`, or `lab.timeout` after `limitMs`. */
  execute(command: string, args?: Readonly<Record<string, unknown>>, limitMs?: number): Promise<unknown>;
  /** Runs a line of the human monitor, which prints nothing when it went well. Rejects with `lab.machine-refused`. */
  line(text: string, limitMs?: number): Promise<void>;
  close(): void;
}

type Reply = Readonly<Record<string, unknown>>;

const isReply = (value: unknown): value is Reply => typeof value === 'object' && value !== null;

const refused = (machine: string, command: string, why: string): FleetError =>
  new FleetError({
    code: 'lab.machine-refused',
    message: `the machine ${machine} did not do "${command}": ${why}`,
    remedy: 'look at its console, and start it anew',
  });

/** The replies, in order; events, which come at any time, are left out (QMP specification, section 2). */
const replies = (socket: Socket): AsyncIterator<Reply> =>
  (async function* () {
    for await (const line of createInterface({ input: socket })) {
      const value: unknown = JSON.parse(line);
      if (isReply(value) && !('event' in value)) yield value;
    }
  })();

const nextOf = async (
  answers: AsyncIterator<Reply>,
  machine: string,
  command: string,
  limitMs: number,
): Promise<Reply> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(refused(machine, command, `no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    const { done, value } = await Promise.race([answers.next(), late]);
    if (done === true) throw refused(machine, command, 'qemu has ended');
    return value;
  } finally {
    clearTimeout(timer);
  }
};

/** Connects to a machine's monitor. Rejects when nobody listens there. */
export const openMonitor = async (machine: string, socketPath: string): Promise<Monitor> => {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  // Whoever waits for an answer is told by the end of the lines.
  socket.on('error', () => undefined);
  const answers = replies(socket);
  let last: Promise<unknown> = nextOf(answers, machine, 'greeting', 30_000);
  const send = async (command: string, args: Reply, limitMs: number): Promise<unknown> => {
    socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const reply = await nextOf(answers, machine, command, limitMs);
    if ('error' in reply) throw refused(machine, command, JSON.stringify(reply['error']));
    return reply['return'];
  };
  const execute: Monitor['execute'] = (command, args = {}, limitMs = 60_000) => {
    const mine = last.then(async () => send(command, args, limitMs));
    last = mine.catch(() => undefined);
    return mine;
  };
  await execute('qmp_capabilities');
  return {
    execute,
    line: async (text, limitMs = 120_000) => {
      const said = await execute('human-monitor-command', { 'command-line': text }, limitMs);
      if (typeof said === 'string' && said.trim() !== '') throw refused(machine, text, said.trim());
    },
    close: () => socket.destroy(),
  };
};
