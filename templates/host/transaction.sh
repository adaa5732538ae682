# The part of a transaction's program that is the same for all: its state, its phases, its end. The program that this is
# put into says what to hold, what must stay equal, what to change and how to undo it, as functions tx_hold_N,
# tx_release_N, tx_promise_N, tx_promise_rebooted_N, tx_save_N, tx_end_N, tx_read_N, tx_want_N, tx_within_N, tx_change_N, tx_undo_N,
# and counts them in tx_holds, tx_promises, tx_steps. Function definitions only.
#
# A directory $TX holds it all: `state` (one word), `events` (what happened, a line each), `log` (what the commands
# printed), `boot` (the boot it was prepared in), `main` (pid and start of the process that goes forward), `reason` (why it is
# undone), `differs` (what did not read as it should), `title`, `owner`, `unit`; of step N `name.N`, `was.N`, `want.N`.
# `awaiting`, `confirmed`, `expired` are one file, which whoever is first renames. `put-back.BOOT`: how the undo went, and in
# which boot that was proven. `let-go`: nothing is held any more. Written for a disk that fills up meanwhile: `spare.N` are
# files of one block for states to come, `reserve` is given back before anything is undone.
# shellcheck shell=sh disable=SC2154 # tx_* counters and TX are set by the program that this is put into

# tx_now: milliseconds since the epoch. A `date` without %N prints a letter.
tx_now() {
  tx_time=$(date +%s%3N)
  case $tx_time in
  *[!0-9]*) tx_time=$(date +%s)000 ;;
  esac
  printf '%s' "$tx_time"
}

tx_event() {
  printf '%s %s\n' "$(tx_now)" "$*" >>"$TX/events"
}

# tx_set STATE [REASON]: by renaming, and on disk before anything follows. dd, since EL7's sync takes no file; 16 bytes over
# 16 bytes, so that no other block is needed and nothing stays of a word that was written there and never renamed.
tx_set() {
  for tx_new in "$TX"/spare.* "$TX/state.new"; do [ ! -e "$tx_new" ] || break; done
  printf '%s\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n' "$1" | dd of="$tx_new" bs=16 count=1 conv=notrunc,fsync 2>/dev/null &&
    mv -f "$tx_new" "$TX/state" || return 1
  tx_event state "$@"
}

tx_state() {
  tx_word=
  { read -r tx_word <"$TX/state"; } 2>/dev/null
  printf '%s' "$tx_word"
}

# tx_started PID: when that process began, in clock ticks after boot: with the pid it names a process for good.
tx_started() {
  tx_stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  tx_stat=${tx_stat##*) }
  # shellcheck disable=SC2086 # split into fields on purpose
  set -- $tx_stat
  printf '%s' "${20}"
}

# tx_because SENTENCE: why this transaction will be undone, or why that failed. The first reason is the cause, later ones
# follow from it. Nothing but the way back comes after it, so on a full disk it may take from the reserve.
tx_because() {
  tx_reason=$TX/reason
  [ "$(tx_state)" != undoing ] || tx_reason=$TX/undo-reason
  [ -s "$tx_reason" ] || printf '%s\n' "$*" >"$tx_reason"
  if [ ! -s "$tx_reason" ]; then
    rm -f "$TX/reserve"
    printf '%s; the disk is full\n' "$*" >"$tx_reason"
  fi
  printf 'reason: %s\n' "$*"
}

tx_same_boot() {
  [ "$(cat /proc/sys/kernel/random/boot_id)" = "$(cat "$TX/boot")" ]
}

# tx_phase TITLE FUNCTION…: announces it, runs it, and notes where it stopped.
tx_phase() {
  tx_event phase "$1"
  tx_title_now=$1
  shift
  printf '== %s %s\n' "$(tx_now)" "$tx_title_now"
  ("$@") </dev/null
  tx_status=$?
  [ "$tx_status" -eq 0 ] || tx_because "\"$tx_title_now\" ended with status $tx_status$(tx_said)"
  return "$tx_status"
}

# tx_said: what the phase that has just ended said last, on one line: its last sentence (libraries put the seconds since
# boot before one) with the two lines after it, which may be a difference; without a sentence its last line. Nothing when the
# log ends with an earlier phase: the disk was full.
tx_said() {
  tx_title=$tx_title_now awk '
    /^== [0-9]+ / { said = last = ""; after = 9; title = $0; sub(/^== [0-9]+ /, "", title); next }
    /^\[[0-9.]+\] / { sub(/^\[[0-9.]+\] /, ""); said = substr($0, 1, 200); after = 0; next }
    /[^ \t]/ { last = substr($0, 1, 200); if (after++ < 2) said = said " / " last }
    END { if (said == "") said = last; if (said != "" && title == ENVIRON["tx_title"]) printf ": %s", said }
  ' "$TX/log"
}

# tx_count FUNCTION LAST: calls FUNCTION with 1 … LAST and stops at the first that fails.
tx_count() {
  tx_number=1
  while [ "$tx_number" -le "$2" ]; do
    "$1" "$tx_number" || return 1
    tx_number=$((tx_number + 1))
  done
}

# tx_capture N: what promise N must print afterwards too. Written aside and renamed once, never again.
tx_capture() {
  [ ! -e "$TX/promised.$1" ] || return 0
  tx_save_"$1" || return 1
  tx_promise_rebooted_"$1" >"$TX/promised-rebooted.$1" || return 1
  tx_promise_"$1" >"$TX/promised.new" || return 1
  mv "$TX/promised.new" "$TX/promised.$1"
}

# tx_change N: step N, unless it reads as wanted already. What cannot be written down is not begun: it could not be undone.
tx_change() {
  tx_read_"$1" >"$TX/was.$1.new" </dev/null || {
    tx_because "$(tx_name_"$1") cannot be read: $(head -c 400 "$TX/was.$1.new")"
    return 1
  }
  mv "$TX/was.$1.new" "$TX/was.$1" && tx_want_"$1" >"$TX/want.$1" && tx_name_"$1" >"$TX/name.$1" || return 1
  ! cmp -s "$TX/was.$1" "$TX/want.$1" || return 0
  : >"$TX/began.$1" || return 1
  tx_change_"$1"
}

# tx_equal FILE FUNCTION SENTENCE: whether FUNCTION prints what is in FILE; else notes what to compare for a difference.
# Nothing is written, since there may be no room.
tx_equal() {
  "$2" </dev/null | cmp -s "$1" - && return 0
  tx_differs=$3 tx_differs_file=$1 tx_differs_from=$2
  return 1
}

tx_step_holds() {
  tx_within_"$1"
  tx_equal "$TX/want.$1" "tx_read_$1" "$(tx_name_"$1") does not read as wanted"
}

tx_step_undone() {
  [ -e "$TX/was.$1" ] || return 0
  tx_within_"$1"
  tx_equal "$TX/was.$1" "tx_read_$1" "$(tx_name_"$1") does not read as before"
}

tx_promise_holds() {
  [ -e "$TX/promised.$1" ] || return 0
  tx_patience=0
  if [ -n "$tx_rebooted" ]; then
    tx_equal "$TX/promised-rebooted.$1" "tx_promise_rebooted_$1" "$(tx_promise_name_"$1"): not as before"
  else
    tx_equal "$TX/promised.$1" "tx_promise_$1" "$(tx_promise_name_"$1"): not as before"
  fi
}

# tx_prove FUNCTION: steps by FUNCTION and promises. Some of it needs a moment to settle (a port comes up, a tunnel is
# made), so it is asked again for some seconds, or for as long as the step that does not hold yet was given.
tx_prove() {
  tx_tries=0
  until tx_count "$1" "$tx_steps" && tx_count tx_promise_holds "$tx_promises"; do
    tx_tries=$((tx_tries + 1))
    if [ "$tx_tries" -ge 25 ] && [ "$tx_tries" -ge $((tx_patience * 5)) ]; then
      "$tx_differs_from" </dev/null | diff "$tx_differs_file" - | head -n 40 | head -c 8192 >"$TX/differs"
      # It may have come right while it was read once more.
      [ -s "$TX/differs" ] || ! tx_equal "$tx_differs_file" "$tx_differs_from" "$tx_differs" || continue
      tx_because "$tx_differs: $(sed -n '/^[<>]/{s/^< /was: /;s/^> /is: /;p;q;}' "$TX/differs")"
      cat "$TX/differs"
      return 1
    fi
    sleep 0.2
  done
}

# tx_forward: everything up to the proof.
tx_forward() {
  tx_number=1
  while [ "$tx_number" -le "$tx_holds" ]; do
    tx_phase "$(tx_hold_name_"$tx_number")" "tx_hold_$tx_number" || return 1
    tx_number=$((tx_number + 1))
  done
  tx_number=1
  while [ "$tx_number" -le "$tx_promises" ]; do
    tx_phase "capture: $(tx_promise_name_"$tx_number")" tx_capture "$tx_number" || return 1
    tx_number=$((tx_number + 1))
  done
  tx_count tx_change "$tx_steps" || return 1
  tx_phase 'verify' tx_prove tx_step_holds
}

# tx_run: the unit's main process. It does not undo: tx_finish does, which the unit runs however this ends. Its status is
# 0 in any case: how it went is in the state, and a failed unit would leave the host "degraded".
tx_run() {
  exec >>"$TX/log" 2>&1
  # Started again, since the one before was killed: nothing of that one may go on.
  tx_end_rest
  printf '%s %s\n' "$$" "$(tx_started "$$")" >"$TX/main" || return 0
  # In a session of its own: what ends the group of the main process must not end who sees to its end.
  if command -v setsid >/dev/null; then
    setsid /bin/sh "$TX/program" guard "$$" </dev/null &
  else
    tx_guard "$$" </dev/null &
  fi
  tx_attempt || :
}

# tx_guard PID: sees to it that the transaction comes to its end on this boot, whatever happens to its process and its unit: ends
# the process when its time is over, puts the unit back when it was removed, and starts it when nobody is at work. The time is
# not left to systemd alone: a unit that ran into its TimeoutStartSec is "failed" ever after, and the host "degraded".
tx_guard() {
  tx_left=$tx_limit_seconds
  tx_idle=0
  tx_since=$(tx_started "$1")
  # The one that came last stays.
  tx_alone=
  printf '%s\n' "$$" >"$TX/guard" && tx_alone=1
  until tx_has_ended; do
    [ -z "$tx_alone" ] || [ "$(cat "$TX/guard" 2>/dev/null)" = "$$" ] || return 0
    [ -e "/etc/systemd/system/$tx_unit" ] || tx_keep_unit
    tx_trim_log
    if [ -n "$tx_since" ] && [ "$(tx_started "$1")" = "$tx_since" ]; then
      [ "$tx_left" -gt 0 ] || kill -KILL "-$1" 2>/dev/null || kill -KILL "$1"
      tx_left=$((tx_left - 1))
    else
      case $(timeout 10 systemctl is-active "$tx_unit" 2>/dev/null) in
      inactive | failed | unknown) tx_idle=$((tx_idle + 1)) ;;
      *) tx_idle=0 ;;
      esac
      if [ "$tx_idle" -ge 3 ]; then
        tx_idle=0
        timeout 60 systemctl start --no-block "$tx_unit"
      fi
    fi
    sleep 1
  done
}

# tx_trim_log: a log that grows beyond 8 MiB is cut to the title of its phase and its end: what a command prints must not fill
# the disk that the undo needs. Writers append, so that they go on behind what is left.
tx_trim_log() {
  [ "$(wc -c <"$TX/log")" -gt 8388608 ] || return 0
  tail -c 65536 "$TX/log" >"$TX/log.end" || return 0
  tx_title_was=$(grep '^== [0-9]' "$TX/log" | tail -n 1)
  : >"$TX/log"
  {
    printf '%s\n… too much was printed: what was before this is left out …\n' "$tx_title_was"
    sed 1d "$TX/log.end"
  } >>"$TX/log"
  rm -f "$TX/log.end"
}

tx_has_ended() {
  case $(tx_state) in done | undone | stuck) [ ! -e "$TX/again" ] ;; *) [ ! -d "$TX" ] ;; esac
}

# tx_keep_unit: the unit again, as it was sent; unless the transaction has ended just now and taken it away itself.
tx_keep_unit() {
  cp "$TX/unit" "/etc/systemd/system/$tx_unit" && timeout 60 systemctl daemon-reload && timeout 60 systemctl enable "$tx_unit" 2>/dev/null
  if tx_has_ended; then tx_retire; fi
}

# tx_end_rest: ends what the main process left running in its process group: else a phase that was cut off would go on beside
# its own undo. Daemons have left the group. A group's number is not used again while anybody is in it.
tx_end_rest() {
  tx_main='' tx_since=''
  tx_same_boot && { read -r tx_main tx_since <"$TX/main"; } 2>/dev/null || return 0
  case $(tx_started "$tx_main") in '' | "$tx_since") kill -KILL "-$tx_main" 2>/dev/null ;; esac
  rm -f "$TX/main"
}

# tx_why_ended: why the main process is gone in the middle, and where it stood.
tx_why_ended() {
  tx_stood=$(sed -n 's/^[0-9]* phase //p' "$TX/events" | tail -n 1)
  tx_took=$(($(date +%s) - $(stat -c %Y "$TX/boot")))
  if [ -n "$tx_rebooted" ]; then
    tx_because "the host was rebooted in the middle, at \"$tx_stood\""
  elif [ "$tx_took" -ge "$tx_limit_seconds" ]; then
    tx_because "it was not done within $tx_limit_seconds s, and stood at \"$tx_stood\""
  else
    tx_because "its process was ended at \"$tx_stood\""
  fi
}

tx_attempt() {
  tx_rebooted=
  # After a crash or a reboot there is nothing to go on with here.
  [ "$(tx_state)" = prepared ] && tx_same_boot && [ ! -e "$TX/discard" ] || return 0
  tx_set running || return 1
  tx_forward || return 1
  # What was proven must be there after a power cut, too.
  tx_sync
  : >"$TX/awaiting" || return 1
  tx_set awaiting || return 1
  # Confirming and timing out each rename `awaiting`; only one of them can.
  tx_left=$((tx_confirm_seconds * 5))
  until [ -e "$TX/confirmed" ]; do
    # Somebody wants it undone.
    [ -e "$TX/awaiting" ] || [ -e "$TX/confirmed" ] || return 1
    if [ "$tx_left" -le 0 ] && mv "$TX/awaiting" "$TX/expired" 2>/dev/null; then
      tx_because "nobody came back to confirm within $tx_confirm_seconds s"
      return 1
    fi
    tx_left=$((tx_left - 1))
    sleep 0.2
  done
  tx_set confirmed
}

# tx_undo: back, last step first, and proven by reading.
tx_undo() {
  tx_bad=
  tx_number=$tx_steps
  while [ "$tx_number" -ge 1 ]; do
    if [ -e "$TX/began.$tx_number" ]; then
      tx_phase "undo: $(tx_name_"$tx_number")" "tx_undo_$tx_number" || tx_bad=1
    fi
    tx_number=$((tx_number - 1))
  done
  tx_phase 'verify the undo' tx_prove tx_step_undone || tx_bad=1
  [ -z "$tx_bad" ]
}

# tx_sync: all of it on disk. Without -f (coreutils before 8.24) the disks of the whole machine are waited for.
tx_sync() {
  timeout 60 sync -f / /etc /opt /usr /var "$TX" 2>/dev/null || timeout 60 sync
}

# tx_release OUTCOME: what promises left lying is cleared away and what was held goes on, last first, whatever happened.
tx_release() {
  tx_outcome=$1
  export tx_outcome
  : >"$TX/let-go"
  tx_number=1
  while [ "$tx_number" -le "$tx_promises" ]; do
    tx_phase "end: $(tx_promise_name_"$tx_number")" "tx_end_$tx_number" || tx_bad=1
    tx_number=$((tx_number + 1))
  done
  tx_number=$tx_holds
  while [ "$tx_number" -ge 1 ]; do
    tx_phase "end: $(tx_hold_name_"$tx_number")" "tx_release_$tx_number" || tx_bad=1
    tx_number=$((tx_number - 1))
  done
}

# tx_finish: brings it to an end: kept or undone. Runs after the main process, however that ended, and at boot. The unit stays
# when the end cannot be written down: somebody will have to come again.
tx_finish() {
  exec >>"$TX/log" 2>&1
  rm -f "$TX/reserve"
  tx_rebooted=
  tx_bad=
  tx_same_boot || tx_rebooted=1
  export tx_rebooted
  tx_end_rest
  case $(tx_state) in
  done | undone) ;;
  stuck) [ ! -e "$TX/again" ] || tx_go_back || return 0 ;;
  undoing) tx_go_back || return 0 ;;
  confirmed) tx_settle || return 0 ;;
  # Without a state it was not even prepared.
  prepared | '')
    tx_because 'it was never started'
    tx_end undone || return 0
    ;;
  *)
    if [ -e "$TX/confirmed" ] || ! tx_take_back; then
      tx_settle || return 0
    else
      tx_go_back || return 0
    fi
    ;;
  esac
  tx_retire
}

# tx_go_back: undone and proven by reading, or stuck. Undone once in a boot: after that the host may be at work again. An undo
# that was proven before a reboot is only looked at: what it was made with may be cleared away.
tx_go_back() {
  [ -s "$TX/reason" ] || tx_why_ended
  if [ "$(tx_state)" != undoing ]; then
    # One that was stuck is tried again, from the beginning.
    [ ! -e "$TX/again" ] || rm -f "$TX"/put-back.* "$TX/undo-reason" "$TX/accepted"
    tx_set undoing "$(cat "$TX/again" "$TX/reason" 2>/dev/null | head -n 1)" || return 1
  fi
  rm -f "$TX/again"
  tx_put_back=$TX/put-back.$(cat /proc/sys/kernel/random/boot_id)
  if [ ! -e "$tx_put_back" ]; then
    # A reboot has let go what was held; so has an end that was none.
    if [ -n "$tx_rebooted" ] || [ -e "$TX/let-go" ]; then
      tx_count tx_hold_again "$tx_holds"
      rm -f "$TX/let-go"
    fi
    tx_end_word=undone
    tx_is_back || tx_undo || tx_end_word=stuck
    tx_bad=
    tx_sync
    printf '%s\n' "$tx_end_word" | dd of="$TX/put-back.new" conv=fsync 2>/dev/null && mv "$TX/put-back.new" "$tx_put_back" || return 1
  fi
  tx_end_word=$(cat "$tx_put_back")
  tx_release "$tx_end_word"
  tx_end "$tx_end_word"
}

# tx_is_back: whether an earlier boot has proven the undo, and it still holds.
tx_is_back() {
  cat "$TX"/put-back.* 2>/dev/null | grep -qx undone || return 1
  tx_phase 'verify what was undone before the reboot' tx_prove tx_step_undone && return 0
  rm -f "$TX/undo-reason"
  return 1
}

tx_hold_again() {
  tx_phase "again: $(tx_hold_name_"$1")" "tx_hold_$1"
}

# tx_take_back: false when somebody has just confirmed it. Looked at last: once the token is gone nobody can any more.
tx_take_back() {
  mv "$TX/awaiting" "$TX/expired" 2>/dev/null
  [ ! -e "$TX/confirmed" ]
}

tx_settle() {
  tx_release 'done'
  tx_end 'done'
}

# tx_end WORD: the last thing it says. What cannot be written now is tried again for a while.
tx_end() {
  tx_reason=$(cat "$TX/reason" 2>/dev/null)
  [ "$1" != stuck ] || tx_reason="$tx_reason; then $(cat "$TX/undo-reason" 2>/dev/null)"
  tx_tries=0
  until tx_set "$1" "$tx_reason"; do
    tx_tries=$((tx_tries + 1))
    [ "$tx_tries" -lt 60 ] || return 1
    sleep 1
  done
}

# tx_check: prints what does not read as before, a line each with the differences after it; nothing when all does. Only reads.
tx_check() {
  tx_rebooted=
  tx_same_boot || tx_rebooted=1
  export tx_rebooted
  tx_count tx_check_step "$tx_steps"
  tx_count tx_check_promise "$tx_promises"
}

tx_check_step() {
  [ -e "$TX/was.$1" ] || return 0
  tx_check_one "$TX/was.$1" "tx_read_$1" "$(tx_name_"$1")"
}

tx_check_promise() {
  [ -e "$TX/promised.$1" ] || return 0
  if [ -n "$tx_rebooted" ]; then
    tx_check_one "$TX/promised-rebooted.$1" "tx_promise_rebooted_$1" "$(tx_promise_name_"$1")"
  else
    tx_check_one "$TX/promised.$1" "tx_promise_$1" "$(tx_promise_name_"$1")"
  fi
}

tx_check_one() {
  "$2" </dev/null 2>/dev/null | cmp -s "$1" - && return 0
  printf '%s\n' "$3"
  "$2" </dev/null 2>/dev/null | diff "$1" - | sed -n 's/^< /  was: /p; s/^> /  is: /p' | head -n 40
}

# tx_retire: the unit is needed no more.
tx_retire() {
  timeout 60 systemctl disable "$tx_unit" 2>/dev/null
  rm -f "/etc/systemd/system/$tx_unit"
  timeout 60 systemctl daemon-reload
}
