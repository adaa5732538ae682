import { describe, expect, test } from 'vitest';
import type { Become, BecomeMethod } from '../../../src/become/become.ts';
import { wordsOf } from '../../../src/become/command.ts';
import { dialogue } from '../../../src/become/dialogue.ts';

const words = wordsOf('0123');
const become = (method: BecomeMethod): Become => ({ method, user: 'root', exe: [method], flags: [], password: null });

/** What a host says on stderr, in pieces of every size; how often that asks for a password. */
const askedBy = (method: BecomeMethod, said: string, size: number): number => {
  const talk = dialogue(become(method), words);
  let asked = 0;
  for (let at = 0; at < said.length; at += size) {
    const standing = talk.stderr(Buffer.from(said.slice(at, at + size)));
    if (standing.is === 'asked') asked = standing.times;
  }
  return asked;
};

const lecture = '\nWe trust you have received the usual lecture from the local System\nAdministrator.\n\n';

describe('a password is asked for', () => {
  test.each<[string, BecomeMethod, string, number]>([
    ['when sudo says our words', 'sudo', `${words.start}\n${words.prompt}`, 1],
    ['when sudo says them after a lecture', 'sudo', `${words.start}\n${lecture}${words.prompt}`, 1],
    ['when sudo-rs says them within its own', 'sudo', `${words.start}\n[sudo: ${words.prompt}] Password: `, 1],
    [
      'a second time when the first was wrong',
      'sudo',
      `${words.start}\n${words.prompt}\nSorry, try again.\n${words.prompt}`,
      2,
    ],
    ['not by a word of sudo that is not ours', 'sudo', `${words.start}\n[sudo] password for alice: `, 0],
    ['not by a banner that looks like it', 'su', 'Password: ', 0],
    ['when su asks', 'su', `Welcome, enter your Password:\n${words.start}\nPassword: `, 1],
    ['when doas asks', 'doas', `${words.start}\ndoas (alice@hv01) password: `, 1],
  ])('%s', (_, method, said, expected) => {
    for (const size of [1, 7, 4096]) expect(askedBy(method, said, size), `in pieces of ${size}`).toBe(expected);
  });
});

test('a sentence with that word in it is no question', () => {
  expect(askedBy('su', `${words.start}\nYour password: it expires in 3 days.\n`, 4096)).toBe(0);
});

describe('the command runs', () => {
  test.each([1, 5, 4096])('from our word on, and what it printed is its own, in pieces of %i', (size) => {
    const talk = dialogue(become('sudo'), words);
    const said = Buffer.from(`banner\n\n${words.ready}\n\u0000\u00ffout`, 'latin1');
    let rest = '';
    let ready = false;
    for (let at = 0; at < said.length; at += size) {
      const chunk = said.subarray(at, at + size);
      const standing = ready ? { is: 'ready' as const, rest: Buffer.from(chunk) } : talk.stdout(chunk);
      if (standing.is !== 'ready') continue;
      ready = true;
      rest += standing.rest.toString('latin1');
    }
    expect(rest).toBe('\u0000\u00ffout');
  });

  test.each([1, 5, 4096])('and nothing that was said on stderr before it is its own, in pieces of %i', (size) => {
    const talk = dialogue(become('sudo'), words);
    const said = Buffer.from(`${words.start}\n${lecture}${words.prompt}\n\n${words.ready}\nerr`);
    const own: Uint8Array[] = [];
    for (let at = 0; at < said.length; at += size) own.push(talk.own(said.subarray(at, at + size)));
    expect(Buffer.concat(own).toString()).toBe('err');
  });
});
