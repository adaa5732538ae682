import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import {
  graphText,
  hostText,
  hostVarsText,
  type Inventory,
  listText,
  loadInventory,
  yamlText,
} from '../../../src/inventory/index.ts';
import { openSecret, Secret } from '../../../src/model/secret.ts';
import { vaulted, vaultedFile, vaultedLabelled, vaultedUser } from './corpus/encrypted.ts';
import { directoryWith, refusal } from './files.ts';

const block = (text: string): string => `!vault |\n  ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;

const password = (text: string, label = 'default') => ({ label, password: new Secret(text) });

const load = (files: Readonly<Record<string, string>>, ...given: readonly string[]): Promise<Inventory> =>
  loadInventory([join(directoryWith({ hosts: '[g]\nh\ni\n', ...files }), 'hosts')], {
    defaultUser: 'me',
    home: '/home/me',
    run: runInventoryProgram,
    vaultPasswords: given.map((text) => password(text)),
  });

const revealed = async (inventory: Inventory, name: string) => {
  const value = inventory.hosts.get('h')?.vars[name];
  return value instanceof Secret ? openSecret(value) : 'no secret';
};

describe('a value of a vault', () => {
  test.each([
    ['is opened with its password', vaulted, ['pw'], 's3cret value'],
    ['is opened with the one of several that fits', vaulted, ['wrong', 'pw'], 's3cret value'],
    ['is opened under a label that nobody gave', vaultedLabelled, ['other'], 'labelled value'],
  ])('%s', async (_name, text, given, expected) => {
    expect(await revealed(await load({ 'group_vars/g.yml': `s: ${block(text)}` }, ...given), 's')).toBe(expected);
  });

  test('stays a secret within other values', async () => {
    const inventory = await load(
      { 'group_vars/g.yml': `url: db://{{ s }}@db\nmap: [{k: "{{ s }}"}]\ns: ${block(vaulted)}` },
      'pw',
    );
    expect(await revealed(inventory, 'url')).toBe('db://s3cret value@db');
    expect(JSON.stringify(inventory.hosts.get('h')?.vars)).toBe(
      '{"url":"‹secret›","map":[{"k":"‹secret›"}],"s":"‹secret›"}',
    );
  });

  test('may name the user to connect as', async () => {
    const inventory = await load(
      { 'group_vars/g.yml': `ansible_user: "{{ vault_user }}"\nvault_user: ${block(vaultedUser)}` },
      'pw',
    );
    expect(inventory.hosts.get('h')?.user).toBe('deploy');
  });

  test('stays closed without a password, and hosts are there', async () => {
    const inventory = await load({ 'group_vars/g.yml': `s: ${block(vaulted)}` });
    const value = inventory.hosts.get('h')?.vars['s'];
    const error = await refusal(() => (value instanceof Secret ? openSecret(value) : value));
    expect(error.message).toMatch(/group_vars\/g\.yml:1:4: this value is encrypted, and no vault password was given$/);
    expect(error.remedy).toContain('--ask-vault-pass');
  });
});

describe('a wrong password is one clear error', () => {
  test('for many values and files', async () => {
    const files = {
      'group_vars/g/a.yml': `a: ${block(vaulted)}b: ${block(vaulted)}`,
      'group_vars/g/b.yml': vaultedFile,
    };
    const error = await refusal(() => load(files, 'wrong'));
    expect([error.code, error.message.replace(/^.*group_vars/, 'group_vars')]).toEqual([
      'inventory.vault-password',
      'group_vars/g/a.yml:1:4: the vault password is wrong: it does not open this, nor 2 more of this inventory',
    ]);
  });

  test('which says the label that was wanted', async () => {
    const error = await refusal(() => load({ 'group_vars/g.yml': `s: ${block(vaultedLabelled)}` }, 'a', 'b'));
    expect(error.message).toContain('none of the 2 vault passwords opens this (it was encrypted as "prod")');
  });

  test('and so is none at all for a file', async () => {
    const error = await refusal(() => load({ 'group_vars/g.yml': vaultedFile }));
    expect(error.message).toContain('g.yml:1:1: this file is encrypted, and no vault password was given');
  });
});

test.each([
  ['of another version', vaultedFile.replace('1.1', '1.0'), 'is of version "1.0"'],
  ['of another cipher', vaultedFile.replace('AES256', 'AES'), 'is encrypted with "AES"'],
  ['that was cut off', vaultedFile.slice(0, 200), 'is damaged'],
])('an encrypted file %s is refused', async (_name, text, words) => {
  expect((await refusal(() => load({ 'group_vars/g.yml': text }, 'pw'))).message).toContain(words);
});

test('nothing that is printed shows a secret', async () => {
  const inventory = await load(
    { 'group_vars/g.yml': vaultedFile, 'group_vars/all.yml': `s: ${block(vaulted)}u: "x {{ s }}"\n` },
    'pw',
  );
  const printed = [
    listText(inventory, 'hidden'),
    yamlText(inventory, 'hidden'),
    graphText(inventory, 'all', 'vars'),
    hostText(inventory, 'h', 'hidden'),
    hostVarsText(inventory, 'h'),
    inspect(inventory, { depth: 20 }),
    `${inventory.hosts.get('h')?.vars['s']}`,
  ].join('\n');
  expect(printed).toContain('‹secret›');
  expect(printed).not.toMatch(/hunter2|s3cret/);
});
