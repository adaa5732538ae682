# What a controller does with a transaction: prepare it, watch it, confirm it. Function definitions only.
# shellcheck shell=sh disable=SC2154 # fleet_* is set by batch.sh

# fleet_tx_make ID SHA256 OWNER TITLE: a directory for a new transaction; its program comes by stdin. What it will need of the
# disk to come to an end is set aside now: where there is no room for that, nothing is begun.
fleet_tx_make() {
  [ -d /run/systemd/system ] || {
    fleet_frame broken 0 'systemd is not running, and nothing else here could end a transaction after a crash'
    return 1
  }
  fleet_tx_prune
  TX=/var/lib/ovsfleet/tx/$1
  if ! { mkdir -p /var/lib/ovsfleet/tx && chmod 0700 /var/lib/ovsfleet /var/lib/ovsfleet/tx && mkdir -m 0700 "$TX"; }; then
    fleet_frame broken 0 "the directory $TX cannot be made"
    return 1
  fi
  if ! {
    cat >"$TX/program" && cat /proc/sys/kernel/random/boot_id >"$TX/boot" && : >"$TX/events" &&
      printf '%s\n' "$3" >"$TX/owner" && printf '%s\n' "$4" >"$TX/title" && fleet_tx_reserve
  } 2>/dev/null; then
    fleet_frame broken 0 "the transaction's files cannot be written to $TX: $(fleet_room "$TX")"
    rm -rf "$TX"
    return 1
  fi
  set -- "$1" "$2" "$(sha256sum <"$TX/program")"
  [ "${3%% *}" = "$2" ] || {
    fleet_frame broken 0 "the transaction's program arrived damaged"
    rm -rf "$TX"
    return 1
  }
}

# fleet_tx_reserve: a block each for the states to come, and room for what an undo writes.
fleet_tx_reserve() {
  for fleet_number in 1 2 3 4 5 6 7 8 9; do
    printf '\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n' >"$TX/spare.$fleet_number" || return 1
  done
  dd if=/dev/zero of="$TX/reserve" bs=65536 count=128 conv=fsync
}

fleet_room() {
  df -Pk "$1" | awk 'END { print $4 " KiB are free on " $6 }'
}

# fleet_tx_prune: keeps the five newest that have ended well; each may hold a copy of the database. One that is stuck stays
# until it is put right. A program that was killed as the last thing it did has left its unit; a batch that was killed before it
# had prepared one has left a directory without a state, and nobody else is at it: we have the lock.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_prune() {
  # shellcheck disable=SC2012 # the names are ours: digits, letters and dashes
  ls -1t /var/lib/ovsfleet/tx 2>/dev/null | while read -r fleet_old; do
    fleet_state=
    { read -r fleet_state <"/var/lib/ovsfleet/tx/$fleet_old/state"; } 2>/dev/null
    fleet_unit=ovsfleet-tx-$fleet_old.service
    case $fleet_state in
    done | undone) printf '%s\n' "$fleet_old" ;;
    stuck) [ ! -e "/var/lib/ovsfleet/tx/$fleet_old/accepted" ] || printf '%s\n' "$fleet_old" ;;
    '')
      fleet_tx_forget
      rm -rf "/var/lib/ovsfleet/tx/$fleet_old"
      continue
      ;;
    *) continue ;;
    esac
    fleet_tx_forget
  done | tail -n +6 | while read -r fleet_old; do
    rm -rf "/var/lib/ovsfleet/tx/$fleet_old"
  done
}

# fleet_tx_forget: takes the unit of one that has ended away, if it is there.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_forget() {
  [ -e "/etc/systemd/system/$fleet_unit" ] || return 0
  timeout 60 systemctl disable "$fleet_unit" >/dev/null 2>&1
  rm -f "/etc/systemd/system/$fleet_unit"
}

# fleet_tx_start ID: the unit file comes by stdin. Enabled before anything changes, so that a power cut is settled at
# boot; started without waiting, since the link may not live as long.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_start() {
  fleet_unit=ovsfleet-tx-$1.service
  if ! { cat >"$TX/unit" && fleet_tx_install && fleet_tx_prepared; }; then
    fleet_frame broken 0 "the unit $fleet_unit cannot be installed"
    timeout 60 systemctl disable "$fleet_unit" >/dev/null 2>&1
    rm -f "/etc/systemd/system/$fleet_unit"
    rm -rf "/var/lib/ovsfleet/tx/$1"
    return 1
  fi
  timeout 60 systemctl start --no-block "$fleet_unit" && fleet_frame sent 0 "$1"
}

# fleet_tx_install: the unit of $TX where systemd finds it, also at boot.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_install() {
  cp "$TX/unit" "/etc/systemd/system/$fleet_unit" && timeout 60 systemctl daemon-reload &&
    timeout 60 systemctl enable "$fleet_unit" 2>/dev/null
}

fleet_tx_prepared() {
  printf 'prepared\n' | dd of="$TX/state.new" conv=fsync 2>/dev/null && mv "$TX/state.new" "$TX/state" &&
    printf '%s000 state prepared\n' "$(date +%s)" >>"$TX/events"
}

# fleet_tx_steps: of each step in it what the host read before, and what it has proven to read now.
fleet_tx_steps() {
  fleet_step=1
  while [ -e "$TX/want.$fleet_step" ]; do
    fleet_frame step "$fleet_step" "$(cat "$TX/name.$fleet_step")"
    fleet_frame was "$fleet_step" "$(cat "$TX/was.$fleet_step")"
    fleet_frame now "$fleet_step" "$(cat "$TX/want.$fleet_step")"
    fleet_step=$((fleet_step + 1))
  done
}

# fleet_tx_watch ID LINE: gives out what happened after that line, until it has ended or waits to be confirmed. One that
# nobody is working on any more (its controller died before it was started, its process was killed by hand) is brought
# to its end.
# shellcheck disable=SC2030,SC2031 # what a subshell sets is meant to stay there
fleet_tx_watch() {
  TX=/var/lib/ovsfleet/tx/$1
  fleet_unit=ovsfleet-tx-$1.service
  [ -e "$TX/state" ] || {
    fleet_frame gone 0 "$1"
    return 1
  }
  fleet_line=$2
  fleet_idle=0
  fleet_turn=0
  fleet_untold=0
  while :; do
    fleet_state=
    { read -r fleet_state <"$TX/state"; } 2>/dev/null
    fleet_news=$(tail -n "+$((fleet_line + 1))" "$TX/events")
    if [ -n "$fleet_news" ]; then
      fleet_frame news "$fleet_line" "$fleet_news"
      fleet_line=$((fleet_line + $(printf '%s\n' "$fleet_news" | wc -l)))
    fi
    # One whose undo is tried again is not stuck any more, though its unit may not have begun.
    [ ! -e "$TX/again" ] || [ "$fleet_state" != stuck ] || fleet_state=again
    case $fleet_state in
    done | undone | stuck)
      # The state is written before the line that tells of it, and of the reason; killed between the two, there is none.
      case $(tail -n 1 "$TX/events") in
      *" state $fleet_state"*) ;;
      *)
        fleet_untold=$((fleet_untold + 1))
        [ "$fleet_untold" -gt 10 ] || {
          sleep 0.2
          continue
        }
        ;;
      esac
      [ "$fleet_line" -eq "$(wc -l <"$TX/events")" ] || continue
      if [ "$fleet_state" = 'done' ]; then
        fleet_tx_steps
      else
        fleet_frame log 0 "$(fleet_tx_log 80)"
      fi
      fleet_frame state 0 "$fleet_state"
      return 0
      ;;
    awaiting)
      # In another boot than that which proved it nothing is to be confirmed any more.
      [ -n "$fleet_news" ] || ! fleet_tx_same_boot || {
        fleet_frame state 0 awaiting
        return 0
      }
      ;;
    esac
    # Asked once a second: the host has better things to do now.
    fleet_turn=$((fleet_turn + 1))
    if [ $((fleet_turn % 5)) -eq 0 ]; then
      case $(timeout 10 systemctl is-active "$fleet_unit" 2>/dev/null) in
      inactive | failed | unknown) fleet_idle=$((fleet_idle + 1)) ;;
      *) fleet_idle=0 ;;
      esac
    fi
    if [ "$fleet_idle" -ge 3 ]; then
      fleet_idle=0
      : >"$TX/discard"
      # Never run from here: systemd sees to it that only one is at work, and ours may lose its link.
      [ -e "/etc/systemd/system/$fleet_unit" ] || fleet_tx_install
      timeout 60 systemctl start --no-block "$fleet_unit"
    fi
    sleep 0.2
  done
}

# fleet_tx_log LINES: the end of what its commands printed.
fleet_tx_log() {
  tail -n "$1" "$TX/log" 2>/dev/null | tail -c 65536
}

fleet_tx_same_boot() {
  [ "$(cat /proc/sys/kernel/random/boot_id)" = "$(cat "$TX/boot")" ]
}

# fleet_tx_confirm ID: true for whoever renames first, the controller here or the host whose patience ends. Only in the boot
# that has proven it: after a crash the guests' ports may be gone, and what was proven with them.
fleet_tx_confirm() {
  TX=/var/lib/ovsfleet/tx/$1
  if fleet_tx_same_boot && mv "$TX/awaiting" "$TX/confirmed" 2>/dev/null; then
    fleet_frame confirmed 0 "$1"
  else
    fleet_frame late 0 "$(cat "$TX/state" 2>/dev/null)"
  fi
}
