import { FleetError } from '../model/error.ts';
import { type Node, type Preflight, step, type Unchanged } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { exchanged, exchangeUndone, forwardingKept } from './exchange.ts';
import { withOvs } from './libraries.ts';
import { wayIn } from './preflight.ts';

const withRestart = (script: Script): Script => using(['ovs-restart'], withOvs(script));
const prefix = withRestart(sh`"$(ovs_would_start)"`);

/** Of a time such as 2026-11-22T13:00:00Z. A time without zone would mean another moment on another controller. */
const secondsOf = (since: string): string => {
  if (since === '') return '';
  const at = /T.*(Z|[+-]\d\d:?\d\d)$/.test(since) ? Date.parse(since) : Number.NaN;
  if (!Number.isNaN(at)) return String(Math.floor(at / 1000));
  throw new FleetError({
    code: 'ovs.since',
    message: `"${since}" is no time with date and zone.`,
    remedy: 'Write it like 2026-11-22T13:00:00Z, or leave it out.',
  });
};

/**
 * The daemons are those that a start would use: of the release that the host's units name, from programs that were not
 * replaced since; and, with `since`, started after that time. Flows are kept.
 */
export const restarted = (options: { readonly since: string }): Unchanged => {
  const seconds = secondsOf(options.since);
  const body: Node = step('daemons', {
    read: withRestart(sh`ovs_daemons_as ${seconds}`),
    want: { programs: 'those that a start would use', ...(seconds === '' ? {} : { started: 'after' }) },
    make: exchanged(prefix),
    undo: exchangeUndone,
    ...(seconds === '' ? {} : { note: `since ${options.since}` }),
  });
  return forwardingKept(withRestart(sh`ovs_restart_capture ${seconds}`), body);
};

/** Why the daemons of a host cannot be restarted without dropping its traffic; said at plan time. */
export const restartRefused = (): readonly Preflight[] => [
  {
    title: 'restart',
    refuses: using(['ovs-preflight'], withRestart(sh`ovs_restart_objections ${prefix}`)),
    remedy: 'mend that first, or restart the daemons yourself when the host has no guests',
  },
  wayIn,
];
