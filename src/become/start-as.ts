import type { Clock } from '../model/ports.ts';
import type { Session, SessionOptions, Shell } from '../model/shell.ts';
import type { SecretBook } from '../shell/index.ts';
import type { Become } from './become.ts';
import { becomeCommand, type Way, wordsOf } from './command.ts';
import { dialogue, type Standing } from './dialogue.ts';
import type { Passwords, Turn } from './passwords.ts';
import { ended, passwordRefused, passwordUntried, passwordWanted, silent } from './refusals.ts';
import { terminalInput } from './terminal-input.ts';

export interface BecomeServices {
  readonly clock: Pick<Clock, 'sleep'>;
  /** 16 hex digits, another each time. */
  readonly nonce: () => string;
  readonly passwords: Passwords;
  readonly secrets: Pick<SecretBook, 'open'>;
}

/**
 * For asking, and again for answering: long enough for a directory service that is slow, and for the pause that follows a
 * wrong password. What a host waits for others that try the same password does not count.
 */
const limitSeconds = 60;

/**
 * Starts a command as the user to be become; resolves when it runs. The password is written once, when it is asked for
 * with the private words; asked for again, it was wrong, and stdin is closed without another.
 * Rejects with `ConnectionError` (`become`, or of the link) or the signal's reason.
 */
export const startAs = async (
  shell: Shell,
  become: Become,
  command: string,
  options: SessionOptions,
  way: Way,
  services: BecomeServices,
): Promise<Session> => {
  const { host } = shell;
  const words = wordsOf(services.nonce());
  const talk = dialogue(become, words);
  const givenUp = new AbortController();
  let over = false;
  let watching = new AbortController();
  let open = false;
  let asked = 0;
  let turn: Turn | null = null;
  let ready: () => void = () => {};
  let refuse: (reason: unknown) => void = () => {};
  const becoming = new Promise<void>((resolve, reject) => {
    ready = resolve;
    refuse = reject;
  });

  /** From now on it must say something within the time. */
  const watch = (): void => {
    services.clock.sleep(limitSeconds * 1000, watching.signal).then(
      () => refuse(silent(host, become, limitSeconds, talk.said())),
      () => {},
    );
  };

  const answer = async (session: Session): Promise<void> => {
    if (become.password === null) {
      refuse(passwordWanted(host, become));
      return;
    }
    watching.abort();
    const mine = await services.passwords.turn(become.password, host.name);
    if (over) {
      // It ended while it waited: the turn is the next host's.
      if (mine.may === 'try') mine.told('unused');
      return;
    }
    if (mine.may === 'not') {
      refuse(passwordUntried(host, become, mine.refusedBy));
      return;
    }
    turn = mine;
    watching = new AbortController();
    watch();
    await session.write(`${services.secrets.open(become.password)}\n`);
  };

  let started: (session: Session) => void = () => {};
  const session = new Promise<Session>((resolve) => {
    started = resolve;
  });

  const heed = (standing: Standing): void => {
    switch (standing.is) {
      case 'waiting':
        return;
      case 'ready':
        open = true;
        if (standing.rest.length > 0) options.onStdout?.(standing.rest);
        ready();
        return;
      case 'asked': {
        if (standing.times === asked) return;
        asked = standing.times;
        if (asked > 1) refuse(passwordRefused(host, become));
        else void session.then(answer).catch(refuse);
      }
    }
  };

  const signals = [givenUp.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const inner = await shell.start(
    becomeCommand(become, command, words, way, options.holdStdin === true ? 'held' : 'ends'),
    {
      ...options,
      terminal: way === 'terminal' ? 'pty' : 'none',
      signal: AbortSignal.any(signals),
      onStdout: (chunk) => {
        if (open) options.onStdout?.(chunk);
        else heed(talk.stdout(chunk));
      },
      onStderr: (chunk) => {
        const own = talk.own(chunk);
        if (!open) heed(talk.stderr(chunk));
        if (own.length > 0) options.onStderr?.(own);
      },
    },
  );
  started(inner);
  inner.ended.then((exit) => {
    if (!open) refuse(ended(host, become, exit, talk.said(), asked));
  }, refuse);
  if (asked === 0) watch();
  const settle = (verdict: 'accepted' | 'refused' | 'unused'): void => {
    if (turn?.may === 'try') turn.told(verdict);
  };
  try {
    await becoming;
    settle('accepted');
  } catch (reason) {
    settle(
      reason instanceof Error && 'code' in reason && reason.code === 'become.password-refused' ? 'refused' : 'unused',
    );
    inner.end();
    givenUp.abort(reason);
    throw reason;
  } finally {
    over = true;
    watching.abort();
  }
  return {
    ...(way === 'terminal' ? terminalInput(inner) : { write: inner.write, end: inner.end }),
    ended: inner.ended,
    pause: inner.pause,
    resume: inner.resume,
  };
};
