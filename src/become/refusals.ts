import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';
import type { Become } from './become.ts';

type Why = 'password-wanted' | 'password-refused' | 'password-untried' | 'not-allowed' | 'no-program' | 'silent';

const refusal = (host: Host, become: Become, why: Why, what: string, remedy: string): ConnectionError =>
  new ConnectionError('become', {
    code: `become.${why}`,
    message: `${host.name}: ${what}.`,
    remedy,
    facts: { host: host.name, address: host.address, user: host.user, become: become.user, method: become.method },
  });

/** Whose password it is: su asks for that of the user to be become. */
const owner = (host: Host, become: Become): string => (become.method === 'su' ? become.user : host.user);

const give = 'Give it: -K asks once for all hosts; ansible_become_password, in a vault, gives it host by host';

export const passwordWanted = (host: Host, become: Become): ConnectionError =>
  refusal(
    host,
    become,
    'password-wanted',
    `${become.method} wants the password of ${owner(host, become)}, and none was given`,
    `${give}.`,
  );

export const passwordRefused = (host: Host, become: Become): ConnectionError =>
  refusal(
    host,
    become,
    'password-refused',
    `${become.method} refused the password of ${owner(host, become)}; it was tried once, and is not tried again`,
    `Correct it: -K, or ansible_become_password of ${host.name}.`,
  );

export const passwordUntried = (host: Host, become: Become, refusedBy: string): ConnectionError =>
  refusal(
    host,
    become,
    'password-untried',
    `the password for ${become.method} was refused by ${refusedBy} and is the same here, so it was not tried: that could lock an account`,
    `Correct it with -K; where hosts have others: ansible_become_password, in a vault.`,
  );

export const silent = (host: Host, become: Become, seconds: number, said: string): ConnectionError =>
  refusal(
    host,
    become,
    'silent',
    `${become.method} neither asked nor answered within ${seconds} s${said === '' ? '' : ` (${lastWords(said)})`}`,
    `See what it does there: ssh ${host.user}@${host.address} -p ${host.port} -t ${become.exe.join(' ')}`,
  );

const lastWords = (said: string): string =>
  said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-2)
    .join(' / ')
    .replace(/\.$/, '');

const ending = (exit: Exit): string => (exit.signal === null ? `status ${exit.code ?? '?'}` : exit.signal);

/** Why it ended before it had become the user, by its own words in the C locale. */
export const ended = (host: Host, become: Become, exit: Exit, said: string, asked: number): ConnectionError => {
  if (asked > 0 && /incorrect|try again|authentication fail|authorization failed|permission denied/i.test(said)) {
    return passwordRefused(host, become);
  }
  if (/(password|authentication) (is )?required/i.test(said)) return passwordWanted(host, become);
  if (exit.code === 127 || exit.code === 126) {
    return refusal(
      host,
      become,
      'no-program',
      `${become.exe[0]} cannot be run there (${lastWords(said) || ending(exit)})`,
      `Install it, or say another: ansible_become_method or ansible_become_exe of ${host.name}.`,
    );
  }
  return refusal(
    host,
    become,
    'not-allowed',
    `${become.method} does not let ${host.user} become ${become.user} (${lastWords(said) || ending(exit)})`,
    become.method === 'sudo'
      ? `See what it allows: ssh ${host.user}@${host.address} -p ${host.port} -t sudo -l`
      : `See the rules of ${become.method} on ${host.name}.`,
  );
};
