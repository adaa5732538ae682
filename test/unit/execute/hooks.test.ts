import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HookAnswer, HookMessage } from '../../../src/model/hook.ts';
import type { HooksInput } from '../../../src/model/parse-hooks.ts';
import { playbook } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { set } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {}, hv03: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

const asked = [{ command: ['ask'] }];
const everywhere: HooksInput = {
  ...{ beforeRun: asked, afterRun: asked, beforeWave: asked, afterWave: asked, beforeHost: asked, afterHost: asked },
};

/** Runs one play in two waves; `answer` is what a hook says each time. */
const run = async (answer: (message: HookMessage, time: number) => HookAnswer, hooks = everywhere) => {
  const heard: string[] = [];
  let times = 0;
  const book = playbook({
    title: 'test',
    params: {},
    hooks,
    plays: [{ title: 'play', hosts: 'all', rollout: { waves: [1, '100%'], concurrency: 1 }, steps: () => [set('a')] }],
  });
  const rehearsal = await rehearse(fleet, book, {
    controls: {
      askHook: async (_, message) => {
        const { moment, wave, hosts, outcome } = message;
        heard.push([moment, wave, hosts.join('+'), outcome].filter((part) => part !== null).join(' '));
        times += 1;
        return answer(message, times);
      },
    },
  });
  return { ...rehearsal, heard };
};
const go: HookAnswer = { is: 'go' };
const no =
  (moment: string) =>
  (message: HookMessage): HookAnswer =>
    message.moment === moment ? { is: 'halt', reason: 'change freeze' } : go;

describe('hooks', () => {
  it('are asked before the run, each wave and each host, and told after them', async () => {
    const { code, heard } = await run(() => go);
    expect(code).toBe(0);
    expect(heard).toEqual([
      'before-run hv01+hv02+hv03',
      ...['before-wave 1 hv01', 'before-host 1 hv01', 'after-host 1 hv01 changed', 'after-wave 1 hv01'],
      ...['before-wave 2 hv02+hv03', 'before-host 2 hv02', 'after-host 2 hv02 changed'],
      ...['before-host 2 hv03', 'after-host 2 hv03 changed', 'after-wave 2 hv02+hv03'],
      'after-run hv01+hv02+hv03',
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ['before-run', [], 'ask, asked before the run, says no: change freeze.'],
    ['before-wave', [], 'ask, asked before the wave, says no: change freeze.'],
    ['before-host', [], 'hv01: ask, asked before the host, says no: change freeze.'],
    ['after-host', ['hv01'], 'hv01: ask, asked after the host, says no: change freeze.'],
    ['after-wave', ['hv01'], 'ask, asked after the wave, says no: change freeze.'],
  ])('that say no %s halt the run with their reason; it can be resumed', async (moment, started, message) => {
    const { code, events } = await run(no(moment));
    expect(code).toBe(3);
    expect(eventsOf(events, 'host.started').map(({ host }) => host)).toEqual(started);
    expect(eventsOf(events, 'rollout.halted')).toMatchObject([
      {
        because: 'hook',
        problem: { code: 'hook.refused', message, remedy: 'When it says yes again: ovsfleet resume' },
      },
    ]);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ resumable: true });
    const answers = eventsOf(events, 'hook.answered').filter(({ answer }) => answer.is === 'halt');
    expect(answers).toMatchObject([{ moment, hook: 'ask', answer: { is: 'halt', reason: 'change freeze' } }]);
    expect((await run(() => go)).code).toBe(0);
  });

  it('that say no when all is over are told as a warning: nothing is left to halt', async () => {
    const { code, events } = await run(no('after-run'));
    expect(code).toBe(0);
    expect(eventsOf(events, 'warning')).toMatchObject([{ problem: { code: 'hook.refused' } }]);
  });

  it('are not told of the end of a run that they did not let begin', async () => {
    expect((await run(no('before-run'))).heard).toEqual(['before-run hv01+hv02+hv03']);
  });

  it('that say wait are asked again until they say yes', async () => {
    const { code, events, heard } = await run((_, time) => (time < 4 ? { is: 'wait', reason: 'backups run' } : go), {
      beforeWave: [{ command: ['ask'], askAgain: '5m' }],
    });
    expect(code).toBe(0);
    expect(heard).toHaveLength(5);
    const [first, ...later] = eventsOf(events, 'hook.answered');
    expect(first).toMatchObject({ answer: { is: 'wait', reason: 'backups run' }, againMs: 300_000 });
    expect((later[0]?.time ?? 0) - (first?.time ?? 0)).toBe(300_000);
  });

  it('that say wait for too long count as a no', async () => {
    const { code, events } = await run(() => ({ is: 'wait', reason: 'backups run' }), {
      beforeRun: [{ command: ['ask'], askAgain: '20m', giveUp: '1h' }],
    });
    expect(code).toBe(3);
    expect(eventsOf(events, 'hook.answered').map(({ answer }) => answer.is)).toEqual(['wait', 'wait', 'wait', 'halt']);
    expect(eventsOf(events, 'rollout.halted')[0]?.problem.message).toContain(
      'it still says wait after 1h: backups run',
    );
  });

  it('of a site are asked before those of the playbook', async () => {
    const heard: string[] = [];
    const book = playbook({
      title: 'test',
      params: {},
      hooks: { beforeRun: [{ post: 'https://me:secret@change.example/ask?token=x' }] },
      plays: [{ title: 'play', hosts: 'hv01', steps: () => [set('a')] }],
    });
    const site = {
      at: 'before-run',
      asks: { kind: 'command', argv: ['site'] },
      ...{ timeoutMs: 1, askAgainMs: 1, giveUpMs: 1 },
    } as const;
    const { events } = await rehearse(fleet, book, {
      controls: {
        hooks: [site],
        askHook: async (hook) => {
          heard.push(hook.asks.kind);
          return go;
        },
      },
    });
    expect(heard).toEqual(['command', 'post']);
    // A URL may hold a secret: events have what is none of it.
    expect(eventsOf(events, 'hook.answered').map(({ hook }) => hook)).toEqual(['site', 'https://change.example/ask']);
    expect(ends(events)).toEqual(['hv01 changed']);
  });

  it.each<[string, HooksInput, string]>([
    ['no program', { beforeRun: [{ command: [] }] }, 'test: hook before-run: the command is empty.'],
    ['no URL', { afterHost: [{ post: 'change' }] }, 'test: hook after-host: "change" is no URL to post to.'],
    ['a time that is none', { beforeRun: [{ command: ['a'], timeout: 'soon' }] }, 'timeout: "soon" is not a duration.'],
  ])('with %s are refused before anything is done', async (_, hooks, message) => {
    await expect(run(() => go, hooks)).rejects.toThrow(message);
  });
});
