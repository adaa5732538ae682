import { type Step, step, type Want } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';

/** What a reboot is for: how to see it, and what shall be seen after it. */
export interface RebootFor {
  readonly read: Script;
  readonly want: Want;
}

export interface RebootOptions {
  /** How long the host may take to come back and to read as wanted; `15m` unless said. */
  readonly within?: string;
}

const withReboot = (script: Script): Script => using(['op-reboot'], script);

const nothingAsks: RebootFor = { read: withReboot(sh`op_reboot_asked`), want: 'no' };

/**
 * The host is rebooted unless it reads as wanted, and that is done when it has a new boot id and reads so. Without `until`:
 * when packages ask for a reboot (Debian's /run/reboot-required, EL's needs-restarting). No transaction takes it.
 */
export const reboot = (title: string, until: RebootFor = nothingAsks, options: RebootOptions = {}): Step =>
  step(title, {
    ...until,
    make: withReboot(sh`op_reboot`),
    reboots: options.within ?? '15m',
    note: 'the host reboots',
  });
