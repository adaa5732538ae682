import type { AnyAuthMethod } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { openSecret } from '../model/secret.ts';
import { asksForMore, passwordRefused } from './key-problems.ts';
import type { Way } from './ways.ts';

/** One prompt that hides what is typed is that for the password, unless it names something else. */
const isForPassword = (prompt: string, echo: boolean | undefined): boolean =>
  echo !== true && !/verification|one-?time|otp|token|passcode|\bpin\b|code/i.test(prompt);

/** A way as ssh2 goes it. `giveUp` ends the login when the host asks for what we do not answer. */
export const methodFor = (way: Way, host: Host, giveUp: (reason: ConnectionError) => void): AnyAuthMethod => {
  const username = host.user;
  switch (way.kind) {
    case 'none':
      return { type: 'none', username };
    case 'key':
      return { type: 'publickey', username, key: way.key };
    case 'agent-key':
      return { type: 'agent', username, agent: way.agent };
    case 'password':
      return { type: 'password', username, password: String(openSecret(way.password)) };
    case 'keyboard-interactive': {
      let given = false;
      return {
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          const [prompt, ...more] = prompts;
          if (prompt === undefined) {
            finish([]);
          } else if (more.length > 0 || !isForPassword(prompt.prompt, prompt.echo)) {
            giveUp(
              asksForMore(
                host,
                prompts.map((asked) => asked.prompt),
              ),
            );
          } else if (given) {
            // Asked again: it was wrong, and a second try would count against the account.
            giveUp(passwordRefused(host));
          } else {
            given = true;
            finish([String(openSecret(way.password))]);
          }
        },
      };
    }
  }
};
