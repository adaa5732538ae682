import { expect, test } from 'vitest';
import { type Governor, governor, type Turn } from '../../../src/ssh/governor.ts';

/** Those of `count` logins that may begin at once. */
const begun = async (control: Governor, count: number, server = 'jump:22'): Promise<Turn[]> => {
  const turns: Turn[] = [];
  for (let index = 0; index < count; index += 1) void control.enter(server).then((turn) => turns.push(turn));
  await Promise.resolve();
  await Promise.resolve();
  return turns;
};

test('eight logins begin at once with a server, the others wait for one to end', async () => {
  const control = governor();
  const turns = await begun(control, 12);
  expect(turns).toHaveLength(8);
  turns[0]?.answered();
  await Promise.resolve();
  expect(turns).toHaveLength(9);
});

test('servers do not wait for each other', async () => {
  const control = governor();
  expect(await begun(control, 8, 'one:22')).toHaveLength(8);
  expect(await begun(control, 8, 'two:22')).toHaveLength(8);
});

test('a server that turns some away gets half as many, however many it turned away together', async () => {
  const control = governor();
  const turns = await begun(control, 8);
  for (const turn of turns.slice(2)) turn.turnedAway();
  for (const turn of turns.slice(0, 2)) turn.answered();
  expect(await begun(control, 8)).toHaveLength(4);
});

test('a login that was turned away with others about is no sign of a server that takes none', async () => {
  const control = governor();
  const [first, second] = await begun(control, 2);
  expect(first?.turnedAway()).toBe(false);
  expect(second?.turnedAway()).toBe(false);
  const [alone] = await begun(control, 1);
  expect(alone?.turnedAway()).toBe(true);
});

test('a server that lets all in gets more again, but slowly', async () => {
  const control = governor();
  for (const turn of await begun(control, 8)) turn.turnedAway();
  const oneByOne = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) for (const turn of await begun(control, 1)) turn.answered();
  };
  await oneByOne(10);
  const few = await begun(control, 4);
  expect(few).toHaveLength(4);
  for (const turn of few) turn.answered();
  await oneByOne(200);
  expect(await begun(control, 12)).toHaveLength(8);
});

test('whoever waits leaves when it is aborted', async () => {
  const control = governor();
  await begun(control, 8);
  const reason = new Error('Ctrl-C');
  const controller = new AbortController();
  const waiting = control.enter('jump:22', controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(control.enter('jump:22', AbortSignal.abort(reason))).rejects.toBe(reason);
});
