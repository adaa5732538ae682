# The part of a batch that is the same for all: frames, reading, making, the host's lock. Function definitions only.
# shellcheck shell=sh disable=SC2154 # fleet_nonce is set by the program that this is put into

# fleet_frame KIND INDEX TEXT: one frame for the controller. ${#3} counts bytes, since LC_ALL is C.
fleet_frame() {
  printf '\n@%s %s %s %s\n%s\n' "$fleet_nonce" "$1" "$2" "${#3}" "$3"
}

# fleet_begin: a private directory, and what the host says first in every batch: which boot this is, and which
# transactions are open. Returns 1 when one is: nothing but attaching to it is allowed then.
fleet_begin() {
  umask 022
  fleet_tmp=$(mktemp -d "${TMPDIR:-/tmp}/ovsfleet.XXXXXXXXXX") || {
    fleet_frame broken 0 "no temporary directory can be made below ${TMPDIR:-/tmp}"
    return 1
  }
  trap 'fleet_end' EXIT
  trap 'exit 129' HUP
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  fleet_frame hello 0 "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
  fleet_find_open
}

# fleet_find_open: tells the transactions that are open, sets fleet_open, and returns 1 when there is one.
fleet_find_open() {
  fleet_open=0
  for fleet_tx in /var/lib/ovsfleet/tx/*/state; do
    [ -e "$fleet_tx" ] || continue
    fleet_state=$(cat "$fleet_tx")
    case $fleet_state in
    done* | undone* | stuck*) ;;
    *)
      fleet_tx=${fleet_tx%/state}
      fleet_title=$(cat "$fleet_tx/title" 2>/dev/null)
      fleet_frame open 0 "${fleet_tx##*/} $fleet_state${fleet_title:+
$fleet_title}"
      fleet_open=1
      ;;
    esac
  done
  return "$fleet_open"
}

fleet_end() {
  [ -z "${fleet_locked:-}" ] || rm -f "$fleet_locked"
  [ -z "${fleet_tmp:-}" ] || rm -rf "$fleet_tmp"
}

# fleet_started PID: when that process began, in clock ticks after boot; nothing when there is none. With the pid it
# names a process for good. The second field of stat may hold anything, so it is cut off at its last parenthesis.
fleet_started() {
  fleet_stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  fleet_stat=${fleet_stat##*) }
  # shellcheck disable=SC2086 # split into fields on purpose
  set -- $fleet_stat
  printf '%s' "${20}"
}

# fleet_take RUN: takes the lock if it is free or its owner is dead; else prints the owner and returns 3. Looking and
# taking are one act only under a guard: of two that find the same dead owner, the slower would take it from the quicker.
# The guard is flock, which ends with its process; the lock itself is not, since a daemon that a step starts would inherit
# the descriptor and hold it for ever.
fleet_take() (
  exec 9>>/run/ovsfleet/guard && flock -w 10 9 || exit
  fleet_owner=$(cat /run/ovsfleet/lock 2>/dev/null)
  fleet_pid=${fleet_owner%% *}
  fleet_since=${fleet_owner#* }
  fleet_since=${fleet_since%% *}
  if [ -n "$fleet_since" ] && [ "$(fleet_started "$fleet_pid")" = "$fleet_since" ]; then
    printf '%s' "$fleet_owner"
    exit 3
  fi
  printf '%s %s %s\n' "$$" "$(fleet_started "$$")" "$1" >/run/ovsfleet/lock
)

# fleet_relay: from here on all output goes by way of a process that goes on reading when nobody listens any more. Without
# it the next thing printed after a lost link would end, by SIGPIPE, whatever is being made. Its input stays open between
# the two cats.
fleet_relay() {
  mkfifo "$fleet_tmp/out" || return 0
  { cat || cat >/dev/null; } <"$fleet_tmp/out" 2>/dev/null &
  exec >"$fleet_tmp/out" 2>&1
}

# fleet_lock RUN SECONDS: one changing batch a host. /run is empty after a reboot, so no lock outlives one. A batch that the
# same run left behind, when its link was lost, is waited for however long it takes.
fleet_lock() {
  fleet_wait=$2
  mkdir -p /run/ovsfleet && chmod 0700 /run/ovsfleet
  while :; do
    fleet_owner=$(fleet_take "$1")
    case $? in
    0) break ;;
    3) ;;
    *)
      fleet_frame broken 0 'the lock /run/ovsfleet/lock can be neither made nor taken'
      return 1
      ;;
    esac
    if [ "$fleet_wait" -le 0 ] && [ "${fleet_owner#* * }" != "$1" ]; then
      fleet_frame locked 0 "$fleet_owner"
      return 1
    fi
    sleep 1
    [ "${fleet_owner#* * }" = "$1" ] || fleet_wait=$((fleet_wait - 1))
  done
  fleet_locked=/run/ovsfleet/lock
  fleet_relay
  # The one before us may have opened a transaction while we waited.
  fleet_find_open
}

# fleet_read N: what step N reads, into fleet_value; its status is 0, 75 (not yet knowable) or an error.
# </dev/null: a child that reads stdin would eat the rest of the program.
fleet_read() {
  fleet_value=$("fleet_read_$1" </dev/null 2>"$fleet_tmp/error")
  fleet_status=$?
  [ "$fleet_status" -eq 0 ] || [ "$fleet_status" -eq 75 ] || fleet_value="${fleet_value:+$fleet_value
}$(cat "$fleet_tmp/error")"
  return "$fleet_status"
}

# fleet_probe N: reads only.
fleet_probe() {
  fleet_read "$1"
  case $fleet_status in
  0) fleet_frame read "$1" "$fleet_value" ;;
  75) fleet_frame unknown "$1" "$fleet_value" ;;
  *) fleet_frame error "$1" "$fleet_value" ;;
  esac
}

# fleet_await N WANT SECONDS: reads until it is as wanted, or the time is over.
fleet_await() {
  fleet_left=$3
  until fleet_read "$1" && [ "$fleet_value" = "$2" ]; do
    [ "$fleet_left" -gt 0 ] || return 1
    fleet_left=$((fleet_left - 1))
    sleep 1
  done
}

# fleet_check N WANT SECONDS: a step that only waits for something to be true.
fleet_check() {
  fleet_frame start "$1" ''
  if fleet_await "$1" "$2" "$3"; then
    fleet_frame ok "$1" ''
  else
    fleet_frame failed "$1" "$fleet_value"
    return 1
  fi
}

# fleet_step N WANT SECONDS WAYS: reads; if it is not as wanted, makes it so and proves it by reading again.
# With several WAYS each is tried whose precondition holds, until one of them ends in what is wanted.
fleet_step() {
  fleet_frame start "$1" ''
  fleet_read "$1"
  if [ "$fleet_status" -ne 0 ] && [ "$fleet_status" -ne 75 ]; then
    fleet_frame failed "$1" "$fleet_value"
    return 1
  fi
  fleet_frame was "$1" "$fleet_value"
  if [ "$fleet_value" = "$2" ] && [ "$fleet_status" -eq 0 ]; then
    fleet_frame ok "$1" ''
    return 0
  fi
  fleet_way=1
  while :; do
    if fleet_because=$("fleet_can_${1}_$fleet_way" </dev/null 2>&1); then
      fleet_frame way "$1" "$fleet_way"
      ("fleet_make_${1}_$fleet_way") </dev/null 2>&1
      fleet_made=$?
      # What failed is read once more, but not waited for.
      fleet_patience=$3
      [ "$fleet_made" -eq 0 ] || fleet_patience=0
      if fleet_await "$1" "$2" "$fleet_patience"; then
        fleet_frame changed "$1" "$fleet_value"
        return 0
      fi
      if [ "$fleet_made" -ne 0 ]; then fleet_because="it ended with status $fleet_made"; else fleet_because='reading again does not give what is wanted'; fi
    else
      fleet_made=1
    fi
    [ "$fleet_way" -lt "$4" ] || break
    fleet_frame fall "$1" "$fleet_way $fleet_because"
    fleet_way=$((fleet_way + 1))
  done
  if [ "$fleet_made" -ne 0 ]; then
    fleet_frame failed "$1" "$fleet_because"
  else
    fleet_frame unproven "$1" "$fleet_value"
  fi
  return 1
}
