import type { ConnectionSettings } from '../model/connection-settings.ts';
import { openSecret, type Secret } from '../model/secret.ts';
import type { AskPassphrase } from '../ssh/index.ts';
import type { Answer } from './askpass.ts';

/** What ssh(1) asks while it logs in. */
export interface Prompts {
  readonly answer: Answer;
  /** Whether somebody is being asked just now: time does not count then. */
  readonly asking: () => boolean;
}

interface Given {
  readonly settings: ConnectionSettings;
  readonly password: Secret | undefined;
  readonly passphrase: AskPassphrase | undefined;
  /** Called when the password is asked for again: it was wrong, and a second try would count against the account. */
  readonly refused: () => void;
}

/** `ops@hv01's password: ` of ssh(1) itself, `(ops@hv01) Password: ` of what it hands on from the host. */
const asksPassword = (prompt: string, { user, hostName, argument }: ConnectionSettings): boolean => {
  const [, who, where, what = ''] = /^\(?([^@\s]+)@([^\s)]+?)(?:'s|\)) (.*)$/s.exec(prompt) ?? [];
  // A jump host's own ssh(1) asks here too, and gets nothing: the password is not for it.
  const forUs = who === user && [hostName, argument].some((name) => name.toLowerCase() === where?.toLowerCase());
  return forUs && !/verification|one-?time|otp|token|passcode|\bpin\b|code/i.test(what);
};

/** Answers the one prompt for a password, and those for passphrases of keys; nothing else. */
export const promptsOf = ({ settings, password, passphrase, refused }: Given): Prompts => {
  let given = false;
  let open = 0;
  const secretFor = async (prompt: string): Promise<Secret | undefined> => {
    const [, file] = /passphrase for key '(.+)'/.exec(prompt) ?? [];
    if (file !== undefined) return await passphrase?.(file);
    if (password === undefined || !asksPassword(prompt, settings)) return undefined;
    if (given) refused();
    const first = !given;
    given = true;
    return first ? password : undefined;
  };
  return {
    answer: async (prompt) => {
      open += 1;
      try {
        const secret = await secretFor(prompt);
        return secret === undefined ? undefined : String(openSecret(secret));
      } finally {
        open -= 1;
      }
    },
    asking: () => open > 0,
  };
};
