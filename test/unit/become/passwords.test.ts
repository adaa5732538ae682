import { expect, test } from 'vitest';
import { passwords, type Turn } from '../../../src/become/passwords.ts';
import { Secret } from '../../../src/model/secret.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** Twenty hosts that come for one password at once. */
const fleet = (password: Secret) => {
  const all = passwords();
  const got = new Map<string, Turn>();
  for (let number = 1; number <= 20; number += 1) {
    const host = `hv${String(number).padStart(2, '0')}`;
    void all.turn(password, host).then((turn) => got.set(host, turn));
  }
  const mayTry = (): readonly string[] => [...got].filter(([, turn]) => turn.may === 'try').map(([host]) => host);
  const tell = async (host: string, verdict: 'accepted' | 'refused' | 'unused'): Promise<void> => {
    const turn = got.get(host);
    if (turn?.may !== 'try') throw new Error(`${host} may not try`);
    turn.told(verdict);
    await settled();
  };
  return { got, mayTry, tell };
};

test('one password for a fleet is tried on one host first, and on all others once it was accepted', async () => {
  const { mayTry, tell } = fleet(new Secret('x'));
  await settled();
  expect(mayTry()).toEqual(['hv01']);
  await tell('hv01', 'accepted');
  expect(mayTry()).toHaveLength(20);
});

test('a password that a host refused is tried on no other', async () => {
  const { got, mayTry, tell } = fleet(new Secret('x'));
  await settled();
  await tell('hv01', 'refused');
  expect(mayTry()).toEqual(['hv01']);
  expect([...got.values()].filter((turn) => turn.may === 'not' && turn.refusedBy === 'hv01')).toHaveLength(19);
});

test('a host that could not tell leaves the turn to the next', async () => {
  const { mayTry, tell } = fleet(new Secret('x'));
  await settled();
  await tell('hv01', 'unused');
  expect(mayTry()).toEqual(['hv01', 'hv02']);
});

test('passwords of their own wait for nobody', async () => {
  const all = passwords();
  const turns = await Promise.all([all.turn(new Secret('a'), 'hv01'), all.turn(new Secret('a'), 'hv02')]);
  expect(turns.map(({ may }) => may)).toEqual(['try', 'try']);
});
