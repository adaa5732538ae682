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

# fleet_find_open: tells the transactions that are open, and those that are stuck and that nobody has put right; returns 1 when
# there is one of either kind. Without a fork for each: there may be a thousand that have ended.
fleet_find_open() {
  fleet_open=0
  for fleet_tx in /var/lib/ovsfleet/tx/*/state; do
    [ -e "$fleet_tx" ] || continue
    fleet_state=
    { read -r fleet_state <"$fleet_tx"; } 2>/dev/null
    fleet_tx=${fleet_tx%/state}
    fleet_word=open
    case $fleet_state in
    done* | undone*) continue ;;
    stuck*)
      [ ! -e "$fleet_tx/accepted" ] || continue
      fleet_word=stuck
      ;;
    esac
    fleet_title=$(cat "$fleet_tx/title" 2>/dev/null)
    fleet_owner='' fleet_since=''
    # shellcheck disable=SC2034 # fleet_rest takes what is too much
    { read -r fleet_owner <"$fleet_tx/owner" && read -r fleet_since fleet_rest <"$fleet_tx/events"; } 2>/dev/null
    fleet_frame "$fleet_word" 0 "${fleet_tx##*/} $fleet_state${fleet_title:+
$fleet_title
$fleet_owner
$fleet_since}"
    fleet_open=1
  done
  return "$fleet_open"
}

fleet_end() {
  [ -z "${fleet_locked:-}" ] || fleet_lease
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

# fleet_group PID: its process group.
fleet_group() {
  fleet_stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  fleet_stat=${fleet_stat##*) }
  # shellcheck disable=SC2086 # split into fields on purpose
  set -- $fleet_stat
  printf '%s' "$3"
}

# fleet_holder: what the lock says, into fleet_h_*: a line PID STARTED GROUP RUN OWNER SINCE UNTIL. PID is 0 between two batches of a
# run; SINCE is the host's clock, UNTIL is seconds after boot, since a clock may be set.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_holder() {
  fleet_h_pid='' fleet_h_started='' fleet_h_group='' fleet_h_run='' fleet_h_owner='' fleet_h_since='' fleet_h_until=''
  # shellcheck disable=SC2034 # fleet_h_rest takes what is too much
  { read -r fleet_h_pid fleet_h_started fleet_h_group fleet_h_run fleet_h_owner fleet_h_since fleet_h_until fleet_h_rest </run/ovsfleet/lock; } 2>/dev/null
  case $fleet_h_until in '' | *[!0-9]*) fleet_h_until=0 ;; esac
}

# fleet_uptime: seconds after boot, into fleet_up, and the same in clock ticks (of which Linux tells 100 a second), into fleet_ticks.
fleet_uptime() {
  # shellcheck disable=SC2034 # the second number is of no interest
  read -r fleet_ticks fleet_up_rest </proc/uptime
  fleet_up=${fleet_ticks%%.*}
  fleet_ticks=$fleet_up${fleet_ticks##*.}
}

# fleet_is_ours RUN OWNER EARLIER…: whether who holds the lock is this run, one that it goes on with, or another of the same fleet
# on the same controller: there is one run at a time in a fleet directory, so that one's controller is dead.
fleet_is_ours() {
  [ "$fleet_h_owner" != "$2" ] || return 0
  [ "$fleet_h_run" != "$1" ] || return 0
  shift 2
  for fleet_earlier; do [ "$fleet_h_run" != "$fleet_earlier" ] || return 0; done
  return 1
}

# fleet_take WHEN RUN OWNER EARLIER…: takes the lock and returns 0; else prints the line of who holds it and returns 3, or 4 when
# that is a batch that we left behind ourselves. With WHEN `steal` it is taken from others, and their line printed. Looking and
# taking are one act only under a guard: of two that find the same dead owner, the slower would take it from the quicker.
# The guard is flock, which ends with its process; the lock itself is not, since a daemon that a step starts would inherit
# the descriptor and hold it for ever.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_take() (
  exec 9>>/run/ovsfleet/guard && flock -w 30 9 || exit
  fleet_when=$1
  shift
  fleet_holder
  fleet_uptime
  fleet_at_work=
  if [ -n "$fleet_h_started" ] && [ "$fleet_h_pid" != 0 ] && [ "$(fleet_started "$fleet_h_pid")" = "$fleet_h_started" ]; then fleet_at_work=1; fi
  fleet_ours=
  if fleet_is_ours "$@"; then fleet_ours=1; fi
  if [ -n "$fleet_at_work" ] || { [ -z "$fleet_ours" ] && [ "$fleet_h_until" -gt "$fleet_up" ]; }; then
    printf '%s %s %s %s %s %s %s' "$fleet_h_pid" "$fleet_h_started" "$fleet_h_group" "$fleet_h_run" "$fleet_h_owner" "$fleet_h_since" "$fleet_h_until"
    # Our own batch is waited for also by a run that takes from others.
    if [ "$fleet_when" != steal ] || [ "$fleet_h_run" = "$1" ]; then exit $((3 + ${fleet_ours:-0})); fi
    [ -z "$fleet_at_work" ] || fleet_end_group || exit 5
  fi
  [ "$fleet_h_run" = "$1" ] || fleet_h_since=$(date +%s)
  printf '%s %s %s %s %s %s %s\n' "$$" "$(fleet_started "$$")" "$(fleet_group "$$")" "$1" "$2" "$fleet_h_since" $((fleet_up + fleet_lease_seconds)) >/run/ovsfleet/lock
)

# fleet_end_group: ends the batch that holds the lock, and all that it started and that has not left its process group: a daemon
# has, and so has a transaction, which systemd started. Returns 1 when it does not go.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_end_group() {
  fleet_signal=TERM
  case $fleet_h_group in '' | 0 | 1 | *[!0-9]*) return 1 ;; esac
  [ "$fleet_h_group" != "$(fleet_group "$$")" ] || return 1
  fleet_tries=0
  while [ "$(fleet_started "$fleet_h_pid")" = "$fleet_h_started" ]; do
    kill "-$fleet_signal" "-$fleet_h_group" 2>/dev/null
    [ "$fleet_tries" -lt 15 ] || fleet_signal=KILL
    [ "$fleet_tries" -lt 50 ] || return 1
    fleet_tries=$((fleet_tries + 1))
    command sleep 0.2
  done
  # The batch itself may have gone before what it was making.
  kill -KILL "-$fleet_h_group" 2>/dev/null
  return 0
}

# How long a host stays taken by a run after each of its batches, so that no other comes in between two of them.
fleet_lease_seconds=30

# fleet_lease: the batch is over, and the host stays its run's for a while. Whoever the lock was stolen from leaves it alone.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_lease() {
  fleet_locked=
  fleet_holder
  [ "$fleet_h_pid" = "$$" ] || return 0
  fleet_uptime
  printf '0 0 0 %s %s %s %s\n' "$fleet_h_run" "$fleet_h_owner" "$fleet_h_since" $((fleet_up + fleet_lease_seconds)) >"/run/ovsfleet/lock.$$" &&
    mv -f "/run/ovsfleet/lock.$$" /run/ovsfleet/lock
}

# fleet_unlock RUN: the run is done with this host.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_unlock() (
  exec 9>>/run/ovsfleet/guard && flock -w 30 9 || exit
  fleet_holder
  if [ "$fleet_h_run" = "$1" ] && [ "$fleet_h_pid" = 0 ]; then rm -f /run/ovsfleet/lock; fi
) 2>/dev/null

# fleet_relay: from here on all output goes by way of a process that goes on reading when nobody listens any more. Without
# it the next thing printed after a lost link would end, by SIGPIPE, whatever is being made. Its input stays open between
# the two cats.
fleet_relay() {
  mkfifo "$fleet_tmp/out" || return 0
  { cat || cat >/dev/null; } <"$fleet_tmp/out" 2>/dev/null &
  fleet_relay_pid=$!
  exec >"$fleet_tmp/out" 2>&1
}

# fleet_lock SECONDS WHEN RUN OWNER EARLIER…: one changing batch a host. /run is empty after a reboot, so no lock outlives one. A
# batch that we left behind ourselves is waited for however long it takes, one of others for so many seconds.
fleet_lock() {
  fleet_wait=$1
  fleet_told=
  shift
  mkdir -p /run/ovsfleet && chmod 0700 /run/ovsfleet
  while :; do
    fleet_line=$(fleet_take "$@")
    case $? in
    0)
      [ -z "$fleet_line" ] || fleet_frame stolen 0 "$fleet_line"
      break
      ;;
    3)
      if [ "$fleet_wait" -le 0 ]; then
        fleet_frame locked 0 "$fleet_line"
        return 1
      fi
      fleet_wait=$((fleet_wait - 1))
      ;;
    4)
      [ -n "$fleet_told" ] || fleet_frame waiting 0 "$fleet_line"
      fleet_told=1
      ;;
    5)
      fleet_frame broken 0 'the batch that holds the lock /run/ovsfleet/lock cannot be ended'
      return 1
      ;;
    *)
      fleet_frame broken 0 'the lock /run/ovsfleet/lock can be neither made nor taken'
      return 1
      ;;
    esac
    sleep 1
  done
  fleet_locked=/run/ovsfleet/lock
  fleet_relay
  # The one before us may have opened a transaction while we waited.
  fleet_find_open
}

# fleet_watch_time: from here on a step that takes longer than it was given is ended with all that it started. Who watches reads
# `limit`: the step, when its time is over in seconds after boot, and when it began in clock ticks.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_watch_time() {
  echo '- 0 0' >"$fleet_tmp/limit"
  (
    trap - EXIT HUP PIPE TERM
    # shellcheck disable=SC2034 # only the first field is wanted: the pid, which $$ does not tell in here
    read -r fleet_self fleet_rest </proc/self/stat
    while :; do
      # Not the word that tests put another in the place of: this one is about time itself.
      command sleep 1
      kill -0 "$$" 2>/dev/null || exit 0
      { read -r fleet_step fleet_until fleet_since <"$fleet_tmp/limit" || exit 0; } 2>/dev/null
      [ "$fleet_step" != - ] || continue
      fleet_uptime
      [ "$fleet_up" -ge "$fleet_until" ] || continue
      : >"$fleet_tmp/over.$fleet_step"
      fleet_end_since "$fleet_since"
    done
  ) </dev/null >/dev/null 2>&1 &
}

# fleet_end_since TICKS: ends what began in our process group since then, but for who watches and who relays: what a step started,
# unless it is a daemon, which has left the group.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_end_since() {
  # shellcheck disable=SC2016 # a program of awk
  cat /proc/[0-9]*/stat 2>/dev/null |
    awk -v group="$(fleet_group "$$")" -v since="$1" -v main="$$" -v self="$fleet_self" -v relay="${fleet_relay_pid:-0}" '
      { pid = $1; sub(/^.*\) /, "") }
      pid == main || pid == self || pid == relay || $2 == self || $2 == relay { next }
      $3 == group && group > 1 && $20 >= since { print pid }
    ' | while read -r fleet_old; do kill -KILL "$fleet_old"; done
}

# fleet_arm N SECONDS: step N begins, and may take so long.
fleet_arm() {
  fleet_uptime
  echo "$1 $((fleet_up + $2)) $fleet_ticks" >"$fleet_tmp/limit"
}

# fleet_disarm N: step N is over; returns 1 when it was ended since its time was over.
fleet_disarm() {
  echo '- 0 0' >"$fleet_tmp/limit"
  [ ! -e "$fleet_tmp/over.$1" ]
}

# What a reading may print at most; and how long it may take where nothing else is said.
fleet_longest_value=1048576
fleet_read_seconds=300

# fleet_read N: what step N reads, into fleet_value; its status is 0, 75 (not yet knowable) or an error.
# </dev/null: a child that reads stdin would eat the rest of the program.
fleet_read() {
  # Whoever is killed says no status.
  echo 137 >"$fleet_tmp/status"
  fleet_value=$({
    ("fleet_read_$1") </dev/null 2>"$fleet_tmp/error"
    echo "$?" >"$fleet_tmp/status"
  } | head -c $((fleet_longest_value + 1)))
  read -r fleet_status <"$fleet_tmp/status"
  if [ "${#fleet_value}" -gt "$fleet_longest_value" ]; then
    fleet_value="it printed more than $fleet_longest_value bytes"
    fleet_status=1
  elif [ "$fleet_status" -ne 0 ] && [ "$fleet_status" -ne 75 ]; then
    fleet_value="${fleet_value:+$fleet_value
}$(head -c 4096 "$fleet_tmp/error")"
  fi
  return "$fleet_status"
}

# fleet_probe N: reads only.
fleet_probe() {
  fleet_arm "$1" "$fleet_read_seconds"
  fleet_read "$1"
  if ! fleet_disarm "$1"; then
    fleet_frame error "$1" "it could not be read within $fleet_read_seconds s"
    return 0
  fi
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
    [ "$fleet_left" -gt 0 ] && [ ! -e "$fleet_tmp/over.$1" ] || return 1
    fleet_left=$((fleet_left - 1))
    sleep 1
  done
}

# fleet_not KIND N TEXT LIMIT: step N did not come out as it should; it may have been ended since its time was over.
fleet_not() {
  if fleet_disarm "$2"; then
    fleet_frame "$1" "$2" "$3"
  else
    fleet_frame late "$2" "it was not done within $4 s, and all that it had started was ended"
  fi
  return 1
}

# fleet_check N WANT SECONDS LIMIT: a step that only waits for something to be true.
fleet_check() {
  fleet_frame start "$1" ''
  fleet_arm "$1" "$4"
  fleet_await "$1" "$2" "$3" || fleet_not failed "$1" "$fleet_value" "$4" || return 1
  fleet_disarm "$1"
  fleet_frame ok "$1" ''
}

# fleet_step N WANT SECONDS WAYS LIMIT: reads; if it is not as wanted, makes it so and proves it by reading again.
# With several WAYS each is tried whose precondition holds, until one of them ends in what is wanted.
fleet_step() {
  fleet_frame start "$1" ''
  fleet_arm "$1" "$5"
  fleet_read "$1"
  if [ "$fleet_status" -ne 0 ] && [ "$fleet_status" -ne 75 ]; then
    fleet_not failed "$1" "$fleet_value" "$5"
    return 1
  fi
  fleet_frame was "$1" "$fleet_value"
  if [ "$fleet_value" = "$2" ] && [ "$fleet_status" -eq 0 ]; then
    fleet_disarm "$1"
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
      if [ ! -e "$fleet_tmp/over.$1" ] && fleet_await "$1" "$2" "$fleet_patience"; then
        fleet_disarm "$1"
        fleet_frame changed "$1" "$fleet_value"
        return 0
      fi
      if [ "$fleet_made" -ne 0 ]; then fleet_because="it ended with status $fleet_made"; else fleet_because='reading again does not give what is wanted'; fi
    else
      fleet_made=1
    fi
    if [ "$fleet_way" -ge "$4" ] || [ -e "$fleet_tmp/over.$1" ]; then break; fi
    fleet_frame fall "$1" "$fleet_way $fleet_because"
    fleet_way=$((fleet_way + 1))
  done
  if [ "$fleet_made" -ne 0 ]; then
    fleet_not failed "$1" "$fleet_because" "$5"
  else
    fleet_not unproven "$1" "$fleet_value" "$5"
  fi
}
