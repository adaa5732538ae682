import { type Verify, verify } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { refuse } from './refuse.ts';

/** How long it is waited for; `5m` unless said. */
interface Patient extends Named {
  readonly within?: string;
}

const waits = (title: string, read: Script, want: string, { within = '5m' }: Patient): Verify =>
  verify(title, { read: using(['op-wait'], read), want, within });

export interface PortOptions extends Patient {
  /** Connects from the host to that one; without it, it is looked whether the host itself listens. */
  readonly on?: string;
  readonly is?: 'open' | 'closed';
}

/** Waits until a TCP port is open, or closed. Nothing is changed. */
export const waitForPort = (port: number, options: PortOptions = {}): Verify => {
  const { on, is = 'open', title = `port ${port}${on === undefined ? '' : ` of ${on}`} is ${is}` } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw refuse('port', `${title}: ${port} is no port.`, 'Use a number from 1 to 65535.');
  return waits(title, on === undefined ? sh`op_listening ${port}` : sh`op_reaches ${on} ${port}`, is, options);
};

export type WaitForFileOptions = Patient &
  (
    | {
        readonly is?: 'present';
        /** A POSIX extended regular expression that a line of it matches. */
        readonly match?: string;
      }
    | { readonly is: 'absent'; readonly match?: never }
  );

/** Waits until a file is there, or gone, or says something. Nothing is changed. */
export const waitForFile = (path: string, options: WaitForFileOptions = {}): Verify => {
  const { is = 'present', match = '' } = options;
  const { title = `${path} is ${is}${match === '' ? '' : `, with ${match}`}` } = options;
  return waits(title, sh`op_file_says ${absolute(path, title)} ${match}`, is, options);
};

/** Waits until a script ends with 0; it only reads. What it printed last is told when it does not. */
export const waitFor = (title: string, until: Script, options: Patient = {}): Verify =>
  waits(
    title,
    sh`
      said=$( (${until}) 2>&1) && echo yes || {
        status=$?
        printf 'It ended with status %s: %s\n' "$status" "$(printf '%s' "$said" | tail -n 2)"
      }
    `,
    'yes',
    options,
  );
