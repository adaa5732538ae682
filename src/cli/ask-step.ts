import type { Hook, HookAnswer, HookMessage } from '../model/hook.ts';
import type { Operator } from '../model/ports.ts';

/** The hook of `--step`: the operator is asked before each host of each play. */
export const stepHook: Hook = {
  at: 'before-host',
  asks: { kind: 'operator' },
  timeoutMs: 0,
  askAgainMs: 0,
  giveUpMs: 0,
};

const questionOf = ({ hosts, play, wave }: HookMessage): string => {
  const where = [...(play === null ? [] : [play]), ...(wave === null ? [] : [`wave ${wave}`])].join(', ');
  return `${hosts.join(', ')} (${where}): do it? (N)o, pause here / (y)es / (c)ontinue without asking: `;
};

/**
 * Asks the operator about one host after the other, also where several would start at once. `c` is yes to all that follow,
 * as with Ansible; whatever is neither `y` nor `c` is a no: nothing new starts, and the run can be resumed.
 */
export const stepAsker = (operator: Operator): ((message: HookMessage) => Promise<HookAnswer>) => {
  let asking: Promise<unknown> = Promise.resolve();
  let settled: HookAnswer | null = null;
  const ask = async (message: HookMessage): Promise<HookAnswer> => {
    if (settled !== null) return settled;
    const said = (await operator.ask(questionOf(message)))?.toLowerCase() ?? '';
    const isYes = ['y', 'yes', 'c', 'continue'].includes(said);
    const answer: HookAnswer = isYes ? { is: 'go' } : { is: 'halt', reason: 'it was not wanted now' };
    if (said.startsWith('c') || answer.is === 'halt') settled = answer;
    return answer;
  };
  return (message) => {
    const answer = asking.then(() => ask(message));
    asking = answer.catch(() => {});
    return answer;
  };
};
