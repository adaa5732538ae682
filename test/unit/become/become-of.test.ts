import { describe, expect, test } from 'vitest';
import { type BecomeDefaults, becomeOf } from '../../../src/become/index.ts';
import type { Host, Value } from '../../../src/model/host.ts';
import { openSecret, Secret } from '../../../src/model/secret.ts';

const host = (vars: Readonly<Record<string, Value>>, user = 'alice'): Host => ({
  name: 'hv01',
  address: '192.0.2.1',
  port: 22,
  user,
  groups: [],
  vars,
});

const flags = (said: Partial<BecomeDefaults> = {}): BecomeDefaults => ({
  become: 'no',
  method: 'sudo',
  user: 'root',
  password: null,
  ...said,
});

/** As one reads it: `sudo -H root`, with the password it would be given. */
const shown = (vars: Readonly<Record<string, Value>>, said: Partial<BecomeDefaults> = {}, user = 'alice') => {
  const become = becomeOf(host(vars, user), flags(said));
  if (become === null) return 'as who is logged in';
  const { method, exe, flags: words, user: whom, password } = become;
  const given = password === null ? '' : ` with ${String(openSecret(password))}`;
  return `${method}: ${[...exe, ...words].join(' ')} ${whom}${given}`;
};

describe('as whom a host is worked on', () => {
  test.each<[string, Readonly<Record<string, Value>>, Partial<BecomeDefaults>, string]>([
    ['nobody else unless told', {}, {}, 'as who is logged in'],
    ['root by sudo with -b', {}, { become: 'yes' }, 'sudo: sudo -H root'],
    ['its variable turns it on', { ansible_become: true }, {}, 'sudo: sudo -H root'],
    ['its variable turns -b off', { ansible_become: 'no' }, { become: 'yes' }, 'as who is logged in'],
    ['a word of Ansible for yes', { ansible_become: 'Yes' }, {}, 'sudo: sudo -H root'],
    ['an empty variable says nothing', { ansible_become: null }, { become: 'yes' }, 'sudo: sudo -H root'],
    [
      'its user wins over --become-user',
      { ansible_become_user: 'ovs' },
      { become: 'yes', user: 'bob' },
      'sudo: sudo -H ovs',
    ],
    ['an empty user is root', { ansible_become_user: '' }, { become: 'yes' }, 'sudo: sudo -H root'],
    [
      'its method wins over --become-method',
      { ansible_become_method: 'su' },
      { become: 'yes', method: 'doas' },
      'su: su root',
    ],
    [
      'a method by its long name',
      { ansible_become_method: 'community.general.doas' },
      { become: 'yes' },
      'doas: doas root',
    ],
    ['its program', { ansible_become_exe: '/opt/bin/sudo' }, { become: 'yes' }, 'sudo: /opt/bin/sudo -H root'],
    [
      'a program of several words, as many have it',
      { ansible_become_method: 'su', ansible_become_exe: 'sudo su -' },
      { become: 'yes' },
      'su: sudo su - root',
    ],
    ['its flags in the place of -H', { ansible_become_flags: '-E -i' }, { become: 'yes' }, 'sudo: sudo -E -i root'],
    ['no flags at all', { ansible_become_flags: '' }, { become: 'yes' }, 'sudo: sudo root'],
    [
      'names of the method win over general ones',
      { ansible_become_user: 'ovs', ansible_sudo_user: 'net', ansible_su_user: 'other' },
      { become: 'yes' },
      'sudo: sudo -H net',
    ],
    [
      'its password wins over -K',
      { ansible_become_password: 'own' },
      { become: 'yes', password: new Secret('asked') },
      'sudo: sudo -H root with own',
    ],
    [
      'the password that was asked for',
      {},
      { become: 'yes', password: new Secret('asked') },
      'sudo: sudo -H root with asked',
    ],
    ['a password by its older name', { ansible_become_pass: 'old' }, { become: 'yes' }, 'sudo: sudo -H root with old'],
    [
      'a password that INI made a number',
      { ansible_become_pass: 1234 },
      { become: 'yes' },
      'sudo: sudo -H root with 1234',
    ],
    [
      'a password from a vault',
      { ansible_become_password: new Secret('v') },
      { become: 'yes' },
      'sudo: sudo -H root with v',
    ],
  ])('%s', (_, vars, said, expected) => {
    expect(shown(vars, said)).toBe(expected);
  });

  test('whoever is logged in as that user becomes nobody', () => {
    expect(shown({}, { become: 'yes' }, 'root')).toBe('as who is logged in');
    expect(shown({}, { become: 'yes', user: 'root' }, 'admin')).toBe('sudo: sudo -H root');
  });

  test('a password from a vault stays closed until it is used', () => {
    let opened = 0;
    const vaulted = new Secret(() => {
      opened += 1;
      return 'v';
    });
    becomeOf(host({ ansible_become_password: vaulted }), flags({ become: 'yes' }));
    expect(opened).toBe(0);
  });

  test.each<[string, Readonly<Record<string, Value>>, string]>([
    [
      'a method that there is none of',
      { ansible_become_method: 'runas' },
      'hv01: ansible_become_method must be sudo, su, doas, and this is "runas".',
    ],
    ['a word that is neither yes nor no', { ansible_become: 'maybe' }, 'hv01: ansible_become must be yes or no.'],
    [
      'a user that could be taken for an option',
      { ansible_become_user: '-u' },
      'hv01: ansible_become_user must be the name of a user, and this is "-u".',
    ],
    ['a list for a user', { ansible_become_user: ['root'] }, 'hv01: ansible_become_user must be text of one line.'],
    ['a mapping for a password', { ansible_become_password: {} }, 'hv01: ansible_become_password must be text.'],
  ])('%s is refused with the name of the variable', (_, vars, message) => {
    expect(() => becomeOf(host(vars), flags({ become: 'yes' }))).toThrow(message);
  });
});
