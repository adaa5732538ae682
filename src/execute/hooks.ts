import { formatDuration } from '../model/duration.ts';
import type { Problem } from '../model/error.ts';
import { type Hook, type HookAnswer, type HookMessage, type HookMoment, hookTitle } from '../model/hook.ts';
import type { RunInput } from './run-input.ts';

/** Whether those who were asked let it go on. */
export type Leave =
  | { readonly is: 'go' }
  | { readonly is: 'no'; readonly problem: Problem }
  | { readonly is: 'interrupted' };

export interface Asking {
  readonly moment: HookMoment;
  readonly play: { readonly index: number; readonly title: string } | null;
  /** Index of the wave. */
  readonly wave: number | null;
  readonly hosts: readonly string[];
  readonly outcome: HookMessage['outcome'];
}

type HookInput = Pick<RunInput, 'playbook' | 'controls' | 'services' | 'interrupts'>;

const refusal = (hook: Hook, { moment, hosts }: Asking, reason: string): Problem => {
  const who = moment.endsWith('-host') ? `${hosts.join(', ')}: ` : '';
  return {
    code: 'hook.refused',
    message: `${who}${hookTitle(hook)}, asked ${moment.replace('-', ' the ')}, says no: ${reason}.`,
    remedy: 'When it says yes again: ovsfleet resume',
    facts: { hook: hookTitle(hook), moment, reason },
  };
};

/** Asks one until it says yes or no, or has been waited for too long. */
const askOne = async (hook: Hook, asking: Asking, input: HookInput): Promise<Leave> => {
  const { playbook, controls, services, interrupts } = input;
  const { moment, play, hosts, outcome } = asking;
  const wave = asking.wave === null ? null : asking.wave + 1;
  const message: HookMessage = {
    ...{ moment, run: services.run, playbook: playbook.title, play: play?.title ?? null, wave, hosts, outcome },
  };
  const tell = (answer: HookAnswer, againMs: number | null): void =>
    services.bus.emit({
      ...{ type: 'hook.answered', play: play?.index ?? null, moment, hook: hookTitle(hook), hosts, answer, againMs },
    });
  // Those that are told after something are told of an interrupted run, too.
  const signal = moment.startsWith('after') ? interrupts.abort : interrupts.wind;
  const began = services.clock.now();
  for (;;) {
    const answer = await controls.askHook(hook, message, signal);
    const waited = services.clock.now() + hook.askAgainMs - began;
    if (answer.is === 'wait' && waited <= hook.giveUpMs) {
      tell(answer, hook.askAgainMs);
      await services.clock.sleep(hook.askAgainMs, signal);
      continue;
    }
    const reason =
      answer.is === 'wait' ? `it still says wait after ${formatDuration(hook.giveUpMs)}: ${answer.reason}` : null;
    const last: HookAnswer = reason === null ? answer : { is: 'halt', reason };
    tell(last, null);
    return last.is === 'halt' ? { is: 'no', problem: refusal(hook, asking, last.reason) } : { is: 'go' };
  }
};

/** Asks the hooks of a moment, those of the site first, one after the other; the first no is the answer. */
export const askHooks = async (asking: Asking, input: HookInput): Promise<Leave> => {
  const hooks = [...input.controls.hooks, ...input.playbook.hooks].filter(({ at }) => at === asking.moment);
  for (const hook of hooks) {
    try {
      const leave = await askOne(hook, asking, input);
      if (leave.is !== 'go') return leave;
    } catch (error) {
      if (input.interrupts.wind.aborted || input.interrupts.abort.aborted) return { is: 'interrupted' };
      throw error;
    }
  }
  return { is: 'go' };
};
