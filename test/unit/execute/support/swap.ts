import { around, inPhases, sh, step, transaction, unchanged } from '../../../../src/index.ts';
import type { Node } from '../../../../src/playbook/index.ts';
import type { Script } from '../../../../src/shell/index.ts';

/** A switch that is exchanged in three phases; the table of flows must read as before, and the agent is held meanwhile. */
export const swap = (
  more: { readonly start?: Script; readonly undo?: Script; readonly extra?: readonly Node[] } = {},
) =>
  transaction(
    'swap',
    { confirm: '120s', deadline: '60s' },
    around(
      'agent is held',
      { before: sh`echo yes >/var/lib/held`, after: sh`rm -f /var/lib/held; echo released >>/var/lib/log` },
      unchanged(
        'flows',
        { read: sh`cat /var/lib/flows`, save: sh`cp /var/lib/flows /var/lib/saved`, end: sh`rm -f /var/lib/saved` },
        step('release', {
          read: sh`cat /var/lib/release`,
          want: 'new',
          make: inPhases(
            { title: 'stop', run: sh`echo none >/var/lib/release; : >/var/lib/flows; echo stop >>/var/lib/log` },
            {
              title: 'start',
              run: more.start ?? sh`echo new >/var/lib/release; cat /var/lib/saved >/var/lib/flows`,
            },
          ),
          undo: more.undo ?? sh`echo old >/var/lib/release; cat /var/lib/saved >/var/lib/flows`,
        }),
        step('hostname', {
          read: sh`cat /var/lib/hostname 2>/dev/null || echo none`,
          want: 'kept',
          make: sh`echo kept >/var/lib/hostname`,
          undo: sh`rm -f /var/lib/hostname`,
        }),
        ...(more.extra ?? []),
      ),
    ),
  );

export const prepare = 'cd /var/lib && rm -rf ./* && echo old >release && echo "flow 1" >flows';
export const states = 'cd /var/lib; for tx in ovsfleet/tx/*/; do cat "$tx/state"; done';
/** The last word of a transaction is its state; taking its unit away comes after that. */
export const content =
  'until [ -z "$(ls /run/fake-systemd 2>/dev/null)" ]; do sleep 0.02; done; cd /var/lib; cat release flows hostname 2>/dev/null | tr "\\n" " "; ls held saved 2>/dev/null; ls /etc/systemd/system fake-systemd/enabled; :';
const nothingLeft = '/etc/systemd/system:\n\nfake-systemd/enabled:';
export const exchanged = `new flow 1 kept ${nothingLeft}`;
export const asBefore = `old flow 1 ${nothingLeft}`;

/** Kills the program, with -9, or waits there for ever, as soon as it has written a line that begins so. */
const saboteur = `
tx_event() {
  printf '%s %s\\n' "$(tx_now)" "$*" >>"$TX/events"
  for tx_how in kill hang; do
    [ -e "/var/lib/$tx_how-at" ] || continue
    case "$*" in
    "$(cat "/var/lib/$tx_how-at")"*)
      rm -f "/var/lib/$tx_how-at"
      [ "$tx_how" = hang ] || kill -9 "$$"
      : >/run/hangs
      command sleep 1000
      ;;
    esac
  done
}
`;
/** What waits a little waits less; seconds stay seconds. */
export const shortNaps = 'sleep() { case $1 in 0.2) command sleep 0.02 ;; *) command sleep "$1" ;; esac; }';
/** Where /var/lib/confirm-late is, nobody confirms before the host has taken its change back. */
const latecomer = `
mv() {
  case "$1" in
  */awaiting)
    while [ -e /var/lib/confirm-late ] && [ "$(cat "$TX/state")" = awaiting ]; do command sleep 0.02; done
    ;;
  esac
  command mv "$@"
}
`;
export const quick = { attach: `${latecomer}\n${shortNaps}`, transaction: `${saboteur}\n${shortNaps}` };
