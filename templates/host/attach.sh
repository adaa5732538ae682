# What a controller does with a transaction: prepare it, watch it, confirm it. Function definitions only.
# shellcheck shell=sh disable=SC2154 # fleet_* is set by batch.sh

# fleet_tx_make ID SHA256 TITLE: a directory for a new transaction; its program comes by stdin.
fleet_tx_make() {
  [ -d /run/systemd/system ] || {
    fleet_frame broken 0 'systemd is not running, and nothing else here could end a transaction after a crash'
    return 1
  }
  fleet_tx_prune
  TX=/var/lib/ovsfleet/tx/$1
  if ! {
    mkdir -p /var/lib/ovsfleet/tx && chmod 0700 /var/lib/ovsfleet /var/lib/ovsfleet/tx && mkdir -m 0700 "$TX" &&
      cat >"$TX/program" && cat /proc/sys/kernel/random/boot_id >"$TX/boot" && : >"$TX/events" &&
      printf '%s\n' "$3" >"$TX/title"
  }; then
    fleet_frame broken 0 "the transaction's files cannot be written to $TX"
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

# fleet_tx_prune: keeps the five newest that have ended; each may hold a copy of the database. A program that was killed as
# the last thing it did has left its unit.
fleet_tx_prune() {
  # shellcheck disable=SC2012 # the names are ours: digits, letters and dashes
  ls -1t /var/lib/ovsfleet/tx 2>/dev/null | while read -r fleet_old; do
    case $(cat "/var/lib/ovsfleet/tx/$fleet_old/state" 2>/dev/null) in
    done | undone | stuck)
      printf '%s\n' "$fleet_old"
      fleet_unit=ovsfleet-tx-$fleet_old.service
      [ ! -e "/etc/systemd/system/$fleet_unit" ] || timeout 60 systemctl disable "$fleet_unit" >/dev/null 2>&1
      rm -f "/etc/systemd/system/$fleet_unit"
      ;;
    esac
  done | tail -n +6 | while read -r fleet_old; do
    rm -rf "/var/lib/ovsfleet/tx/$fleet_old"
  done
}

# fleet_tx_start ID: the unit file comes by stdin. Enabled before anything changes, so that a power cut is settled at
# boot; started without waiting, since the link may not live as long.
fleet_tx_start() {
  fleet_unit=ovsfleet-tx-$1.service
  if ! {
    cat >"/etc/systemd/system/$fleet_unit" &&
      timeout 60 systemctl daemon-reload && timeout 60 systemctl enable "$fleet_unit" 2>/dev/null
  }; then
    fleet_frame broken 0 "the unit $fleet_unit cannot be installed"
    rm -f "/etc/systemd/system/$fleet_unit"
    rm -rf "/var/lib/ovsfleet/tx/$1"
    return 1
  fi
  printf 'prepared\n' | dd of="$TX/state" conv=fsync 2>/dev/null
  printf '%s000 state prepared\n' "$(date +%s)" >>"$TX/events"
  timeout 60 systemctl start --no-block "$fleet_unit" && fleet_frame sent 0 "$1"
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
    fleet_state=$(cat "$TX/state")
    fleet_news=$(tail -n "+$((fleet_line + 1))" "$TX/events")
    if [ -n "$fleet_news" ]; then
      fleet_frame news "$fleet_line" "$fleet_news"
      fleet_line=$((fleet_line + $(printf '%s\n' "$fleet_news" | wc -l)))
    fi
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
        fleet_frame log 0 "$(tail -n 80 "$TX/log" 2>/dev/null)"
      fi
      fleet_frame state 0 "$fleet_state"
      return 0
      ;;
    awaiting)
      [ -n "$fleet_news" ] || {
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
      if [ -e "/etc/systemd/system/$fleet_unit" ]; then
        timeout 60 systemctl start --no-block "$fleet_unit"
      else
        (sh "$TX/program" finish) </dev/null >/dev/null 2>&1
      fi
    fi
    sleep 0.2
  done
}

# fleet_tx_confirm ID: true for whoever renames first, the controller here or the host whose patience ends.
fleet_tx_confirm() {
  if mv "/var/lib/ovsfleet/tx/$1/awaiting" "/var/lib/ovsfleet/tx/$1/confirmed" 2>/dev/null; then
    fleet_frame confirmed 0 "$1"
  else
    fleet_frame late 0 "$(cat "/var/lib/ovsfleet/tx/$1/state" 2>/dev/null)"
  fi
}
