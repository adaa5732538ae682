# What an operator does by hand with the transactions of a host: list them, look at one, have it undone, say that it was put
# right. Function definitions only; beside batch.sh and attach.sh.
# shellcheck shell=sh disable=SC2154 # fleet_* is set by batch.sh

# fleet_tx_may_look: the directory is root's alone, and to anybody else an unreadable one looks like none. Tells `hidden`, and as
# whom it was looked, when that is so.
fleet_tx_may_look() {
  [ -e /var/lib/ovsfleet ] || return 0
  ! { [ -r /var/lib/ovsfleet ] && [ -x /var/lib/ovsfleet ]; } || return 0
  fleet_frame hidden 0 "$(id -un 2>/dev/null || id -u)"
  return 1
}

# fleet_tx_list: of each transaction a frame `tx`: id, state, when that was, whether it was put right; its owner; its title; its
# reason. Newest first.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_list() {
  fleet_tx_may_look || return 1
  # shellcheck disable=SC2012 # the names are ours: digits, letters and dashes
  ls -1t /var/lib/ovsfleet/tx 2>/dev/null | while read -r fleet_id; do
    TX=/var/lib/ovsfleet/tx/$fleet_id
    fleet_state=
    { read -r fleet_state <"$TX/state"; } 2>/dev/null
    [ -n "$fleet_state" ] || continue
    fleet_accepted=open
    [ ! -e "$TX/accepted" ] || fleet_accepted=accepted
    fleet_when=$(tail -n 1 "$TX/events" 2>/dev/null)
    fleet_frame tx 0 "$fleet_id $fleet_state ${fleet_when%% *} $fleet_accepted
$(fleet_first owner)
$(fleet_first title)
$(fleet_first reason)"
  done
}

# fleet_first FILE: the first line of it.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_first() {
  head -n 1 "$TX/$1" 2>/dev/null
}

# fleet_tx_find ID: sets TX; without an ID the newest that is open, else that is stuck, else the newest. Tells `gone` when there is none.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_find() {
  fleet_tx_may_look || return 1
  fleet_id=$1
  if [ -z "$fleet_id" ]; then
    # shellcheck disable=SC2012
    fleet_id=$(ls -1t /var/lib/ovsfleet/tx 2>/dev/null | while read -r fleet_any; do
      fleet_state=
      { read -r fleet_state <"/var/lib/ovsfleet/tx/$fleet_any/state"; } 2>/dev/null
      case $fleet_state in
      '') ;;
      done | undone) printf '3 %s\n' "$fleet_any" ;;
      stuck)
        if [ -e "/var/lib/ovsfleet/tx/$fleet_any/accepted" ]; then printf '3 %s\n' "$fleet_any"; else printf '2 %s\n' "$fleet_any"; fi
        ;;
      *) printf '1 %s\n' "$fleet_any" ;;
      esac
    done | sort -s -k 1,1 | head -n 1 | cut -d ' ' -f 2)
  fi
  TX=/var/lib/ovsfleet/tx/$fleet_id
  fleet_unit=ovsfleet-tx-$fleet_id.service
  fleet_state=
  { read -r fleet_state <"$TX/state"; } 2>/dev/null
  if [ -z "$fleet_id" ] || [ -z "$fleet_state" ]; then
    fleet_frame gone 0 "$fleet_id"
    return 1
  fi
  fleet_frame found 0 "$fleet_id $fleet_state"
}

# fleet_tx_show ID: all that is known of one.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_show() {
  fleet_tx_find "$1" || return 1
  for fleet_what in owner title reason undo-reason accepted differs; do
    [ ! -s "$TX/$fleet_what" ] || fleet_frame "$(printf '%s' "$fleet_what" | tr -d -)" 0 "$(head -c 16384 "$TX/$fleet_what")"
  done
  fleet_frame news 0 "$(tail -n 400 "$TX/events")"
  fleet_frame log 0 "$(fleet_tx_log 40)"
}

# fleet_tx_undo ID WHO: has an open one undone now, and the undo of a stuck one tried again. `not` tells why that cannot be.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_undo() {
  fleet_tx_find "$1" || return 1
  case $fleet_state in
  done | undone | confirmed)
    fleet_frame not 0 "$fleet_state"
    return 1
    ;;
  undoing) ;;
  stuck)
    if ! { printf 'tried again by %s\n' "$2" >"$TX/again" && fleet_tx_install; }; then
      rm -f "$TX/again"
      fleet_frame broken 0 "the unit $fleet_unit cannot be installed"
      return 1
    fi
    timeout 60 systemctl start --no-block "$fleet_unit"
    ;;
  *)
    [ -s "$TX/reason" ] || printf 'undone by hand, by %s\n' "$2" >"$TX/reason"
    : >"$TX/discard"
    # Who confirms it first is faster; else its own program sees that nobody can any more, and goes back.
    mv "$TX/awaiting" "$TX/expired" 2>/dev/null || fleet_tx_stop
    ;;
  esac
  fleet_frame sent 0 "$fleet_id"
}

# fleet_tx_stop: ends what goes forward, with all that it started; its unit then goes back. The process may have ended by itself.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_stop() {
  fleet_main='' fleet_since=''
  { read -r fleet_main fleet_since <"$TX/main"; } 2>/dev/null
  if [ -n "$fleet_since" ] && fleet_tx_same_boot && [ "$(fleet_started "$fleet_main")" = "$fleet_since" ]; then
    kill -KILL "-$fleet_main" 2>/dev/null || kill -KILL "$fleet_main"
  fi
}

# fleet_tx_put_right ID WHO WHEN: a stuck one was put right by hand. What does not read as before is told as `differs`; then it is
# accepted only with WHEN `accept`.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_put_right() {
  fleet_tx_find "$1" || return 1
  [ "$fleet_state" = stuck ] || return 0
  fleet_differs=$(timeout 300 sh "$TX/program" check </dev/null 2>/dev/null)
  fleet_status=$?
  [ "$fleet_status" -eq 0 ] || fleet_differs="${fleet_differs:+$fleet_differs
}it could not be read whether it is as before (status $fleet_status)"
  if [ -n "$fleet_differs" ]; then
    fleet_frame differs 0 "$(printf '%s' "$fleet_differs" | head -c 65536)"
    [ "$3" = accept ] || return 0
    if ! {
      printf '%s\n%s\n' "accepted by $2, $(date -u +%Y-%m-%dT%H:%M:%SZ)" "$fleet_differs" >"$TX/accepted.new" &&
        mv "$TX/accepted.new" "$TX/accepted"
    }; then
      fleet_frame broken 0 "$TX/accepted cannot be written"
      return 1
    fi
    fleet_frame right 0 accepted
  else
    sh "$TX/program" right "put right by hand, says $2, and everything reads as before" </dev/null >/dev/null 2>&1 || {
      fleet_frame broken 0 "$TX/state cannot be written"
      return 1
    }
    fleet_frame right 0 undone
  fi
}
