import type { AskedStep, AskStep } from '../execute/index.ts';
import type { Operator } from '../model/ports.ts';
import { type Look, planView } from '../render/index.ts';

/** How a question is put. */
export interface QuestionForm {
  readonly look: Look;
  readonly columns: () => number;
  /** Takes secrets out of what the host said. */
  readonly hide: (text: string) => string;
}

/** What would be done, as a plan shows it, and the words that may be answered. */
const questionOf = ({ play, host, planned }: AskedStep, { look, columns, hide }: QuestionForm): string => {
  const plan = planView(
    {
      ...{ title: play, waves: [], concurrency: 1, stopAfter: 1, pauseMs: 0 },
      hosts: [{ host, nodes: planned, refusals: [] }],
    },
    { look, columns: columns() },
  );
  return `${hide(plan.join('\n'))}\nDo it on ${host}? (N)o / (y)es / yes on (a)ll hosts / (c)ontinue without asking: `;
};

/**
 * Asks an operator before each step of each host, one after the other also where several hosts are at work. The words are
 * Ansible's: `y` does it, `c` does it and all that follows without asking, anything else leaves this step out and goes on
 * with the next. `a` does this step on all hosts. Where nobody answers any more, all that follows is left out.
 */
export const stepAsker = (operator: Operator, form: QuestionForm): AskStep => {
  let asking: Promise<unknown> = Promise.resolve();
  let settled: 'do' | 'leave-out' | null = null;
  const everywhere = new Set<string>();
  const ask: AskStep = async (asked) => {
    const step = JSON.stringify([asked.play, asked.planned.map(({ title }) => title)]);
    if (settled !== null) return settled;
    if (everywhere.has(step)) return 'do';
    const said = (await operator.ask(questionOf(asked, form)))?.toLowerCase() ?? null;
    if (said === null) settled = 'leave-out';
    if (said === 'c' || said === 'continue') settled = 'do';
    if (said === 'a' || said === 'all') everywhere.add(step);
    const isYes = said !== null && ['y', 'yes', 'a', 'all', 'c', 'continue'].includes(said);
    return isYes ? 'do' : 'leave-out';
  };
  return (asked) => {
    const answer = asking.then(() => ask(asked));
    asking = answer.catch(() => {});
    return answer;
  };
};
