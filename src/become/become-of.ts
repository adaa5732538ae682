import { FleetError } from '../model/error.ts';
import type { Host, Value } from '../model/host.ts';
import { openSecret, Secret } from '../model/secret.ts';
import { type Become, type BecomeDefaults, type BecomeMethod, becomeMethods } from './become.ts';

type Part = 'user' | 'password' | 'exe' | 'flags';

/** The names that Ansible has for a part, of which the last that is set counts (its plugins sudo, su and doas). */
const namesOf = (part: Part, method: BecomeMethod): readonly string[] =>
  part === 'password'
    ? ['ansible_become_password', 'ansible_become_pass', `ansible_${method}_pass`]
    : [`ansible_become_${part}`, `ansible_${method}_${part}`];

const bad = (host: Host, name: string, must: string, example: string): FleetError =>
  new FleetError({
    code: 'become.bad-variable',
    message: `${host.name}: ${name} must be ${must}.`,
    remedy: `For example, in its variables: ${name}: ${example}`,
    facts: { host: host.name, variable: name },
  });

/** As whom to become is shown to the user, even if a vault says it. */
const textOf = (host: Host, name: string, example: string): string => {
  const value: Value | undefined = host.vars[name];
  const plain = value instanceof Secret ? openSecret(value) : value;
  const text = typeof plain === 'string' || typeof plain === 'number' ? String(plain).trim() : null;
  if (text === null || /[\n\0]/.test(text)) throw bad(host, name, 'text of one line', example);
  return text;
};

const truths: Readonly<Record<string, 'yes' | 'no'>> = {
  ...{ yes: 'yes', true: 'yes', on: 'yes', y: 'yes', t: 'yes', '1': 'yes' },
  ...{ no: 'no', false: 'no', off: 'no', n: 'no', f: 'no', '0': 'no' },
};

const wanted = (host: Host, defaults: BecomeDefaults): 'yes' | 'no' => {
  const value = host.vars['ansible_become'];
  if (value === undefined || value === null) return defaults.become;
  const text = typeof value === 'boolean' ? String(value) : textOf(host, 'ansible_become', 'true');
  const said = truths[text.toLowerCase()];
  if (said === undefined) throw bad(host, 'ansible_become', 'yes or no', 'true');
  return said;
};

const methodOf = (host: Host, defaults: BecomeDefaults): BecomeMethod => {
  if (host.vars['ansible_become_method'] === undefined) return defaults.method;
  const text = textOf(host, 'ansible_become_method', 'sudo');
  // Ansible has its plugins also under the name of the collection that they are in.
  const name = text.replace(/^(ansible\.builtin|community\.general)\./, '');
  const method = becomeMethods.find((candidate) => candidate === name);
  if (method === undefined) {
    throw bad(host, 'ansible_become_method', `${becomeMethods.join(', ')}, and this is "${text}"`, 'sudo');
  }
  return method;
};

const passwordOf = (host: Host, name: string | undefined, defaults: BecomeDefaults): Secret | null => {
  const value = name === undefined ? undefined : host.vars[name];
  if (name === undefined || value === undefined || value === null) return defaults.password;
  const secret = value instanceof Secret ? value : null;
  if (secret === null && typeof value !== 'string' && typeof value !== 'number') {
    throw bad(host, name, 'text', '!vault …');
  }
  return secret ?? new Secret(String(value));
};

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * As whom a host is worked on: what its variables say, else the flags. `null`: as who is logged in, also when that is
 * the very user that is to be become (as Ansible has it). Throws `become.bad-variable`.
 */
export const becomeOf = (host: Host, defaults: BecomeDefaults): Become | null => {
  if (wanted(host, defaults) === 'no') return null;
  const method = methodOf(host, defaults);
  const setting = (part: Part): string | undefined =>
    namesOf(part, method).findLast((name) => host.vars[name] !== undefined);
  const said = (part: Exclude<Part, 'password'>, example: string, fallback: string): string => {
    const name = setting(part);
    return name === undefined ? fallback : textOf(host, name, example);
  };
  const user = said('user', 'root', defaults.user) || 'root';
  if (!/^[^\s:-][^\s:]*$/.test(user)) {
    throw bad(host, setting('user') ?? 'become-user', `the name of a user, and this is "${user}"`, 'root');
  }
  if (user === host.user) return null;
  const [exe = method, ...more] = words(said('exe', method, method));
  return {
    method,
    user,
    exe: [exe, ...more],
    flags: words(said('flags', '-H', method === 'sudo' ? '-H' : '')),
    password: passwordOf(host, setting('password'), defaults),
  };
};
