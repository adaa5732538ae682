import { quote } from './quote.ts';
import { functionText, type LibrarySource, libraryText, type Script, sh } from './script.ts';

/** A transaction as the host runs it: texts only. The order is fixed: hold, capture, change, verify, settle, release. */
export interface TransactionText {
  /** Letters, digits and dashes; names its directory and its unit. */
  readonly id: string;
  readonly title: string;
  readonly confirmSeconds: number;
  readonly deadlineSeconds: number;
  readonly holds: readonly { readonly title: string; readonly before: Script; readonly after: Script }[];
  readonly promises: readonly {
    readonly title: string;
    readonly read: Script;
    readonly readAfterReboot: Script;
    readonly save: Script;
    readonly end: Script;
  }[];
  readonly steps: readonly {
    readonly title: string;
    readonly read: Script;
    readonly want: string;
    /** How long reading may take to give it. */
    readonly withinSeconds: number;
    readonly phases: readonly { readonly title: string; readonly run: Script }[];
    readonly undo: Script;
  }[];
}

/** How long undoing and settling may take: stopping a daemon alone may take 67 s, and an undo stops and starts two. */
const settleSeconds = 600;

/** It ends itself when it has taken this long; systemd ends it when it could not do that either. */
const limitSeconds = (transaction: TransactionText): number => transaction.confirmSeconds + transaction.deadlineSeconds;
const backstopSeconds = 60;

const say = (text: string): Script => sh`printf '%s\n' ${text}`;

const scriptsOf = (transaction: TransactionText): readonly Script[] => [
  ...transaction.holds.flatMap((hold) => [hold.before, hold.after]),
  ...transaction.promises.flatMap((promise) => [promise.read, promise.readAfterReboot, promise.save, promise.end]),
  ...transaction.steps.flatMap((step) => [step.read, ...step.phases.map((phase) => phase.run), step.undo]),
];

/** Names the phases that a transaction will announce, in order, when all goes well. */
export const phaseTitles = (transaction: TransactionText): readonly string[] => [
  ...transaction.holds.map((hold) => hold.title),
  ...transaction.promises.map((promise) => `capture: ${promise.title}`),
  ...transaction.steps.flatMap((step) => step.phases.map((phase) => phase.title)),
  'verify',
];

/** The program that the host's unit runs: `run`, and `finish` however that ended. */
export const transactionProgram = (transaction: TransactionText, libraries: LibrarySource): string => {
  const steps = transaction.steps.flatMap((step, index0) => {
    const n = index0 + 1;
    return [
      functionText(`tx_name_${n}`, say(step.title)),
      functionText(`tx_read_${n}`, step.read),
      functionText(`tx_want_${n}`, say(step.want)),
      functionText(`tx_within_${n}`, sh`tx_patience=${step.withinSeconds}`),
      functionText(`tx_undo_${n}`, step.undo),
      ...step.phases.map((phase, phase0) => functionText(`tx_change_${n}_${phase0 + 1}`, phase.run)),
      functionText(`tx_change_${n}`, {
        text: step.phases
          .map((phase, phase0) => `tx_phase ${quote(phase.title)} tx_change_${n}_${phase0 + 1} || return 1`)
          .join('\n'),
        libraries: [],
      }),
    ];
  });
  const holds = transaction.holds.flatMap((hold, index0) => [
    functionText(`tx_hold_name_${index0 + 1}`, say(hold.title)),
    functionText(`tx_hold_${index0 + 1}`, hold.before),
    functionText(`tx_release_${index0 + 1}`, hold.after),
  ]);
  const promises = transaction.promises.flatMap((promise, index0) => [
    functionText(`tx_promise_name_${index0 + 1}`, say(promise.title)),
    functionText(`tx_promise_${index0 + 1}`, promise.read),
    functionText(`tx_promise_rebooted_${index0 + 1}`, promise.readAfterReboot),
    functionText(`tx_save_${index0 + 1}`, promise.save),
    functionText(`tx_end_${index0 + 1}`, promise.end),
  ]);
  return [
    '#!/bin/sh',
    `# ovsfleet transaction ${transaction.id}: ${transaction.title.replaceAll('\n', ' ')}`,
    'tx_main() {',
    'LC_ALL=C; export LC_ALL',
    'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH',
    'umask 077',
    `TX=/var/lib/ovsfleet/tx/${transaction.id}; export TX`,
    `tx_unit=ovsfleet-tx-${transaction.id}.service`,
    `tx_confirm_seconds=${transaction.confirmSeconds}`,
    `tx_limit_seconds=${limitSeconds(transaction)}`,
    `tx_holds=${transaction.holds.length}`,
    `tx_promises=${transaction.promises.length}`,
    `tx_steps=${transaction.steps.length}`,
    libraries('transaction').trimEnd(),
    libraryText(scriptsOf(transaction), libraries),
    ...holds,
    ...promises,
    ...steps,
    'case $1 in',
    'run) tx_run ;;',
    'finish) tx_finish ;;',
    'guard) tx_guard "$2" ;;',
    'check) tx_check ;;',
    'right) tx_set undone "$2" ;;',
    'esac',
    '}',
    'tx_main "$@"',
    '',
  ].join('\n');
};

/**
 * Its unit. Type=oneshot and not a transient unit, which a reboot would forget while flow-restore-wait stays set;
 * KillMode=process, or ending it would kill the daemons that it started; the log is opened by the program, since
 * StandardOutput=append: is newer than EL7's systemd 219.
 */
export const transactionUnit = (transaction: TransactionText): string => {
  const program = `/bin/sh /var/lib/ovsfleet/tx/${transaction.id}/program`;
  return [
    '[Unit]',
    `Description=ovsfleet transaction ${transaction.id}`,
    'After=network.target rc-local.service ovsdb-server.service ovs-vswitchd.service openvswitch-switch.service openvswitch.service',
    '[Service]',
    'Type=oneshot',
    'KillMode=process',
    `TimeoutStartSec=${limitSeconds(transaction) + backstopSeconds}`,
    // Ended by itself or by hand, it is settled by ExecStopPost: nothing that systemd should call failed.
    'SuccessExitStatus=SIGKILL SIGTERM',
    `TimeoutStopSec=${settleSeconds}`,
    `ExecStart=${program} run`,
    `ExecStopPost=${program} finish`,
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
};
