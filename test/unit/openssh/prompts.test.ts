import { expect, test } from 'vitest';
import { Secret } from '../../../src/model/secret.ts';
import { promptsOf } from '../../../src/openssh/prompts.ts';
import { plainSettings } from '../ssh/support/connecting.ts';

const settings = {
  ...plainSettings(
    '/nonexistent',
    undefined,
  )({
    name: 'hv01',
    address: 'hv01.example.net',
    port: 22,
    user: 'ops',
    groups: [],
    vars: {},
  }),
};

const prompts = (refused = (): void => {}) =>
  promptsOf({
    settings,
    password: new Secret('open sesame'),
    passphrase: async (file) => (file === '/home/ops/.ssh/key' ? new Secret('swordfish') : undefined),
    refused,
  });

test.each([
  ["ops@hv01.example.net's password: ", 'open sesame'],
  ['(ops@hv01.example.net) Password: ', 'open sesame'],
  ['(ops@hv01.example.net) Mot de passe : ', 'open sesame'],
  ["Enter passphrase for key '/home/ops/.ssh/key': ", 'swordfish'],
  ["Enter passphrase for key '/home/ops/.ssh/other': ", undefined],
  ["ops@bastion's password: ", undefined],
  ["root@hv01.example.net's password: ", undefined],
  ['(ops@hv01.example.net) Verification code: ', undefined],
  ['Are you sure you want to continue connecting (yes/no/[fingerprint])? ', undefined],
])('of ssh(1): %o is answered with %o', async (prompt, answer) => {
  expect(await prompts().answer(prompt)).toBe(answer);
});

test('the password is given once; asked for again, the login is given up', async () => {
  let refusals = 0;
  const { answer } = prompts(() => {
    refusals += 1;
  });
  expect([await answer("ops@hv01.example.net's password: "), refusals]).toEqual(['open sesame', 0]);
  expect([await answer('(ops@hv01.example.net) Password: '), refusals]).toEqual([undefined, 1]);
});
