import { parseDuration } from './duration.ts';
import { FleetError } from './error.ts';
import { type Hook, type HookMoment, hookMoments } from './hook.ts';

interface HookTimes {
  /** For one answer, `30s` unless said. */
  readonly timeout?: string;
  /** After how long it is asked again when it said "wait", `1m` unless said. */
  readonly askAgain?: string;
  /** After how long of waiting it counts as a no, `1h` unless said. */
  readonly giveUp?: string;
}

/** One to ask: a command with its arguments, or the URL of a service. */
export type HookInput = HookTimes & ({ readonly command: readonly string[] } | { readonly post: string });

/** Who is asked before a run, a wave and a host, and told after each. */
export interface HooksInput {
  readonly beforeRun?: readonly HookInput[];
  readonly afterRun?: readonly HookInput[];
  readonly beforeWave?: readonly HookInput[];
  readonly afterWave?: readonly HookInput[];
  readonly beforeHost?: readonly HookInput[];
  readonly afterHost?: readonly HookInput[];
}

const wrong = (what: string, message: string, remedy: string): FleetError =>
  new FleetError({ code: 'input.hook', message: `${what}: ${message}.`, remedy });

const asksOf = (input: HookInput, what: string): Hook['asks'] => {
  if ('command' in input) {
    const [program = ''] = input.command;
    if (program === '') throw wrong(what, 'the command is empty', 'Write a program and its arguments as a list.');
    return { kind: 'command', argv: input.command };
  }
  if (URL.canParse(input.post) && /^https?:$/.test(new URL(input.post).protocol)) {
    return { kind: 'post', url: input.post };
  }
  throw wrong(what, `"${input.post}" is no URL to post to`, 'Write one that begins with https:// or http://.');
};

const hookOf = (at: HookMoment, input: HookInput, what: string): Hook => ({
  at,
  asks: asksOf(input, what),
  timeoutMs: parseDuration(input.timeout ?? '30s', `${what}: timeout`),
  // Never at once: it would be asked without end.
  askAgainMs: Math.max(1000, parseDuration(input.askAgain ?? '1m', `${what}: ask again`)),
  giveUpMs: parseDuration(input.giveUp ?? '1h', `${what}: give up`),
});

/** @throws FleetError `input.hook` or `input.duration`; `what` names the place */
export const parseHooks = (input: HooksInput, what: string): readonly Hook[] => {
  const given: Readonly<Record<HookMoment, readonly HookInput[] | undefined>> = {
    'before-run': input.beforeRun,
    'after-run': input.afterRun,
    'before-wave': input.beforeWave,
    'after-wave': input.afterWave,
    'before-host': input.beforeHost,
    'after-host': input.afterHost,
  };
  return hookMoments.flatMap((at) => (given[at] ?? []).map((hook) => hookOf(at, hook, `${what}: hook ${at}`)));
};
