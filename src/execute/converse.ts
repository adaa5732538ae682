import type { Bus } from '../events/index.ts';
import { FleetError } from '../model/error.ts';
import type { Connection, Exit } from '../model/ports.ts';
import { type BatchPart, frameReader } from '../shell/index.ts';
import { type LockHolder, parseHolder, stolenProblem, waitingProblem } from './host-lock.ts';
import { type OpenTransaction, parseOpen } from './transaction-news.ts';

export type Frame = Extract<BatchPart, { readonly part: 'frame' }>;

/** How a batch ended, by what it said itself. */
export type BatchEnd =
  /** It ran to its end, or stopped at a step that failed. */
  | { readonly is: 'ended' }
  /** Transactions are open on the host, so nothing else was done. */
  | { readonly is: 'open'; readonly transactions: readonly OpenTransaction[] }
  /** Transactions that failed together with their undo, and that nobody has put right; nothing else was done. */
  | { readonly is: 'stuck'; readonly transactions: readonly OpenTransaction[] }
  /** Another run is changing the host. */
  | { readonly is: 'locked'; readonly holder: LockHolder };

const tail = (text: string): string => text.trim().split('\n').slice(-3).join(' / ');

/** What a login prints before our program runs is kept for an error message, and only the end of it. */
const longestNoise = 4096;

/**
 * Sends a program and hands on what it says, in order. Rejects with `ConnectionError` when the link is lost, and with
 * `host.no-shell` when what runs over there is not a shell that runs our program.
 */
export const converse = async (
  connection: Connection,
  program: string,
  nonce: string,
  listen: {
    readonly frame: (frame: Frame) => void;
    readonly output?: (text: string) => void;
    /** Is told of a lock that is waited for or was stolen; only by batches that take one. */
    readonly bus?: Bus;
    readonly signal?: AbortSignal;
  },
): Promise<BatchEnd> => {
  const { name } = connection.host;
  const open: OpenTransaction[] = [];
  const stuck: OpenTransaction[] = [];
  let locked: LockHolder | null = null;
  let broken: string | null = null;
  let greeted = false;
  let noise = '';

  // The batch's own end, and not that of its output, which a daemon that a step started may hold open for ever.
  let ended: (exit: Exit) => void = () => {};
  const said = new Promise<Exit>((resolve) => {
    ended = resolve;
  });
  const reader = frameReader(nonce, (part) => {
    if (part.part === 'output') {
      if (!greeted) noise = (noise + part.text).slice(-longestNoise);
      listen.output?.(part.text);
      return;
    }
    switch (part.kind) {
      case 'hello':
        greeted = true;
        break;
      case 'open':
        open.push(parseOpen(part.text));
        break;
      case 'stuck':
        stuck.push(parseOpen(part.text));
        break;
      case 'locked':
        locked = parseHolder(part.text);
        break;
      case 'stolen':
        listen.bus?.emit({ type: 'warning', host: name, problem: stolenProblem(name, parseHolder(part.text)) });
        break;
      case 'waiting':
        listen.bus?.emit({ type: 'warning', host: name, problem: waitingProblem(name, parseHolder(part.text)) });
        break;
      case 'broken':
        greeted = true;
        broken = part.text;
        break;
      case 'end':
        ended({ code: 0, signal: null });
        break;
      default:
        listen.frame(part);
    }
  });
  const errors = new TextDecoder();
  const running = connection.run(program, {
    onStdout: (chunk) => reader.feed(chunk),
    onStderr: (chunk) => {
      const text = errors.decode(chunk, { stream: true });
      if (!greeted) noise = (noise + text).slice(-longestNoise);
      else listen.output?.(text);
    },
    ...(listen.signal === undefined ? {} : { signal: listen.signal }),
  });
  const exit = await Promise.race([running, said]);
  // What becomes of the connection after that is the next batch's concern.
  running.catch(() => {});
  reader.end();
  if (broken !== null) {
    throw new FleetError({
      code: 'host.broken',
      message: `${name}: ${broken}.`,
      remedy: `Put that right on ${name}, then run again.`,
      facts: { host: name },
    });
  }
  if (!greeted) {
    const ending = exit.signal === null ? `status ${exit.code ?? '?'}` : `signal ${exit.signal}`;
    throw new FleetError({
      code: 'host.no-shell',
      message: `${name}: the program did not run there; it ended with ${ending}${noise.trim() === '' ? '' : `, and said: ${tail(noise)}`}.`,
      remedy: `See whether a POSIX shell answers: ssh ${connection.host.user}@${connection.host.address} -p ${connection.host.port} 'echo ok'`,
      facts: { host: name },
    });
  }
  if (open.length > 0) return { is: 'open', transactions: open };
  if (stuck.length > 0) return { is: 'stuck', transactions: stuck };
  if (locked !== null) return { is: 'locked', holder: locked };
  return { is: 'ended' };
};
