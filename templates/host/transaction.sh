# The part of a transaction's program that is the same for all: its state, its phases, its end. The program that this is
# put into says what to hold, what must stay equal, what to change and how to undo it, as functions tx_hold_N,
# tx_release_N, tx_promise_N, tx_promise_rebooted_N, tx_save_N, tx_end_N, tx_read_N, tx_want_N, tx_within_N, tx_change_N, tx_undo_N,
# and counts them in tx_holds, tx_promises, tx_steps. Function definitions only.
#
# A directory $TX holds it all: `state` (one word), `events` (what happened, a line each), `log` (what the commands
# printed), `boot` (the boot it was prepared in), `reason` (why it is undone), `title`; of step N `name.N`, `was.N`, `want.N`.
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

# tx_set STATE [REASON]: by renaming, and on disk before anything follows. dd, since EL7's sync takes no file.
tx_set() {
  printf '%s\n' "$1" | dd of="$TX/state.new" conv=fsync 2>/dev/null && mv -f "$TX/state.new" "$TX/state" || return 1
  tx_event state "$@"
}

tx_state() {
  cat "$TX/state"
}

# tx_because SENTENCE: why this transaction will be undone, or why that failed. The first reason is the cause, later ones
# follow from it.
tx_because() {
  tx_reason=$TX/reason
  [ "$(tx_state)" != undoing ] || tx_reason=$TX/undo-reason
  [ -s "$tx_reason" ] || printf '%s\n' "$*" >"$tx_reason"
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
# boot before one) with the two lines after it, which may be a difference; without a sentence its last line.
tx_said() {
  awk '
    /^== [0-9]+ / { said = last = ""; after = 9; next }
    /^\[[0-9.]+\] / { sub(/^\[[0-9.]+\] /, ""); said = substr($0, 1, 200); after = 0; next }
    /[^ \t]/ { last = substr($0, 1, 200); if (after++ < 2) said = said " / " last }
    END { if (said == "") said = last; if (said != "") printf ": %s", said }
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

# tx_change N: step N, unless it reads as wanted already.
tx_change() {
  tx_read_"$1" >"$TX/was.$1.new" </dev/null || {
    tx_because "$(tx_name_"$1") cannot be read: $(cat "$TX/was.$1.new")"
    return 1
  }
  mv "$TX/was.$1.new" "$TX/was.$1"
  tx_want_"$1" >"$TX/want.$1"
  tx_name_"$1" >"$TX/name.$1"
  ! cmp -s "$TX/was.$1" "$TX/want.$1" || return 0
  : >"$TX/began.$1"
  tx_change_"$1"
}

# tx_equal FILE FUNCTION SENTENCE: whether FUNCTION prints what is in FILE; else says what differs.
tx_equal() {
  "$2" >"$TX/now" </dev/null
  cmp -s "$1" "$TX/now" && return 0
  tx_differs="$3"
  diff "$1" "$TX/now" | head -n 40 >"$TX/differs"
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
  tx_watch_deadline "$$" &
  tx_attempt || :
}

# tx_watch_deadline PID: ends that process when the time is over. Not left to systemd alone: a unit that ran into its
# TimeoutStartSec is "failed" ever after, and the host "degraded".
tx_watch_deadline() {
  tx_left=$tx_limit_seconds
  while kill -0 "$1" 2>/dev/null; do
    [ "$tx_left" -gt 0 ] || kill -KILL "$1"
    tx_left=$((tx_left - 1))
    sleep 1
  done
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
  exec >>"$TX/log" 2>&1
  tx_rebooted=
  # After a crash or a reboot there is nothing to go on with here.
  [ "$(tx_state)" = prepared ] && tx_same_boot && [ ! -e "$TX/discard" ] || return 0
  tx_set running || return 1
  tx_forward || return 1
  : >"$TX/awaiting"
  tx_set awaiting || return 1
  # Confirming and timing out each rename `awaiting`; only one of them can.
  tx_left=$((tx_confirm_seconds * 5))
  until [ -e "$TX/confirmed" ]; do
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

# tx_release: what promises left lying is cleared away and what was held goes on, last first, whatever happened.
tx_release() {
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

# tx_finish: brings it to an end: kept or undone. Runs after the main process, however that ended, and at boot.
tx_finish() {
  exec >>"$TX/log" 2>&1
  tx_rebooted=
  tx_bad=
  tx_same_boot || tx_rebooted=1
  export tx_rebooted
  case $(tx_state) in
  done | undone | stuck) ;;
  prepared)
    tx_because 'it was never started'
    tx_end undone
    ;;
  confirmed) tx_settle ;;
  *)
    if [ -e "$TX/confirmed" ] || ! tx_take_back; then
      tx_settle
    else
      [ -s "$TX/reason" ] || tx_why_ended
      tx_set undoing "$(cat "$TX/reason")"
      # A reboot has let go what was held.
      [ -z "$tx_rebooted" ] || tx_count tx_hold_again "$tx_holds"
      # Once in a boot: what is cleared away after it may be what it needs.
      tx_put_back=$TX/put-back.$(cat /proc/sys/kernel/random/boot_id)
      if [ ! -e "$tx_put_back" ]; then
        tx_end_word=undone
        tx_undo || tx_end_word=stuck
        printf '%s\n' "$tx_end_word" >"$TX/put-back.new" && mv "$TX/put-back.new" "$tx_put_back"
      fi
      tx_end_word=$(cat "$tx_put_back")
      tx_release
      tx_end "$tx_end_word"
    fi
    ;;
  esac
  tx_retire
}

tx_hold_again() {
  tx_phase "again: $(tx_hold_name_"$1")" "tx_hold_$1"
}

# tx_take_back: false when somebody has just confirmed it.
tx_take_back() {
  [ ! -e "$TX/awaiting" ] || mv "$TX/awaiting" "$TX/expired" 2>/dev/null || [ ! -e "$TX/confirmed" ]
}

tx_settle() {
  tx_release
  tx_end 'done'
}

tx_end() {
  tx_reason=$(cat "$TX/reason" 2>/dev/null)
  [ "$1" != stuck ] || tx_reason="$tx_reason; then $(cat "$TX/undo-reason" 2>/dev/null)"
  tx_set "$1" "$tx_reason"
}

# tx_retire: the unit is needed no more.
tx_retire() {
  timeout 60 systemctl disable "$tx_unit" 2>/dev/null
  rm -f "/etc/systemd/system/$tx_unit"
  timeout 60 systemctl daemon-reload
}
