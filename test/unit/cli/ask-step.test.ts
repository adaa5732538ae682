import { describe, expect, it } from 'vitest';
import { stepAsker } from '../../../src/cli/ask-step.ts';
import { createLook } from '../../../src/render/index.ts';

/** Asks about two steps of three hosts, all at once, as hosts would that are at work at the same time. */
const ask = async (...says: readonly (string | null)[]) => {
  const questions: string[] = [];
  let open = 0;
  const operator = {
    ask: async (question: string) => {
      expect(open).toBe(0);
      open += 1;
      questions.push(question);
      await Promise.resolve();
      open -= 1;
      return says[questions.length - 1] ?? null;
    },
  };
  const asker = stepAsker(operator, {
    look: createLook({ colour: 0, glyphs: 'unicode' }),
    columns: () => 80,
    hide: (text) => text.replaceAll('hunter2', '‹secret›'),
  });
  const about = (host: string, title: string) => ({
    play: 'Config',
    host,
    planned: [
      {
        kind: 'step',
        title,
        forecast: { is: 'change', changes: [{ key: '', before: 'hunter2', after: 'yes' }] },
      } as const,
    ],
  });
  const asked = ['a', 'b', 'c'].flatMap((host) => ['motd', 'cron'].map((title) => about(host, title)));
  const answers = await Promise.all(asked.map(asker));
  return {
    done: asked.flatMap(({ host, planned }, n) => (answers[n] === 'do' ? `${host} ${planned[0]?.title}` : [])),
    questions,
  };
};

const all = ['a motd', 'a cron', 'b motd', 'b cron', 'c motd', 'c cron'];

describe('an operator who wants to be asked before each step', () => {
  it('is shown what it would change, without what is secret, and the words that they may answer', async () => {
    const { questions } = await ask('n');
    expect(questions[0]).toBe(
      [
        'Config',
        'a (1)',
        '  ~ motd   ‹secret› → yes',
        'Do it on a? (N)o / (y)es / yes on (a)ll hosts / (c)ontinue without asking: ',
      ].join('\n'),
    );
  });

  it.each<[readonly (string | null)[], readonly string[], number]>([
    [['y', 'yes', 'Y', 'y', 'y', 'y'], all, 6],
    [['y', 'n', 'n', 'y', 'what?', ''], ['a motd', 'b cron'], 6],
    [['c'], all, 1],
    [['n', 'continue'], all.slice(1), 2],
    [['a', 'n', 'y', 'n'], ['a motd', 'b motd', 'b cron', 'c motd'], 4],
    [['n', 'all', 'n', 'n'], ['a cron', 'b cron', 'c cron'], 4],
    [['y', null], ['a motd'], 2],
  ])('and answers %j: %j is done, asked %i times', async (says, done, times) => {
    const told = await ask(...says);
    expect([told.done, told.questions.length]).toEqual([done, times]);
  });
});
