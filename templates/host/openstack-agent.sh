# shellcheck shell=sh
# Holding neutron's Open vSwitch agent while the switch is exchanged. An agent that runs through a restart of OVS reprograms the bridges in the
# middle of it, or dies of it. Its record is /var/lib/ovsfleet/agents/UNIT; it outlives a reboot, which the hold itself does not.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# agent__runs UNIT: whether systemd runs it, or is about to again (`activating` between two automatic restarts).
agent__runs() {
  case $(ovs__show "$1" ActiveState) in
    active | activating | reloading) return 0 ;;
    *) return 1 ;;
  esac
}

agent__record() { printf '%s\n' "${OVS_ROOT:-}/var/lib/ovsfleet/agents/$1"; }

# agent_hold UNIT: stops it and keeps it from starting: by systemd, by a person, by another unit that requires it. Whether it ran is written down
# once: a second hold does not take our own stop for its natural state. Returns 1 when it does not stop.
# A condition under /run, not `mask --runtime`: that is silently void for a unit whose file lies in /etc, and makes what requires the agent fail.
agent_hold() (
  record=$(agent__record "$1")
  mkdir -p "${record%/*}" "${OVS_ROOT:-}/run/ovsfleet" "${OVS_ROOT:-}/run/systemd/system/$1.d" || return 1
  if agent__runs "$1"; then was=active; else was=stopped; fi
  # ln refuses an existing name: the first writer wins, with its whole content
  echo "$was" >"$record.$$" && ovs__fsync "$record.$$" || return 1
  ! ln "$record.$$" "$record" 2>/dev/null || rm -f "$record.cookies"
  rm -f "$record.$$"
  [ -s "$record" ] || ovs__no "cannot write $record" || return 1
  printf '[Unit]\nConditionPathExists=!/run/ovsfleet/hold.%s\n' "$1" |
    ovs__put "${OVS_ROOT:-}/run/systemd/system/$1.d/90-ovsfleet-hold.conf" || return 1
  : >"${OVS_ROOT:-}/run/ovsfleet/hold.$1" || return 1
  timeout 90 systemctl daemon-reload || return 1
  timeout 150 systemctl stop "$1" || ovs__no "$1 could not be stopped" || return 1
  agent_held "$1"
)

# agent_held UNIT: whether it is stopped and cannot start. Proof, since `systemctl start` returns 0 also when the condition held it back.
agent_held() {
  [ -e "${OVS_ROOT:-}/run/ovsfleet/hold.$1" ] || ovs__no "$1 is not held" || return 1
  case $(ovs__show "$1" DropInPaths) in
    */90-ovsfleet-hold.conf*) ;;
    *) ovs__no "systemd does not know that $1 is held" || return 1 ;;
  esac
  [ "$(ovs__show "$1" NeedDaemonReload)" != yes ] || ovs__no "systemd has not read that $1 is held" || return 1
  ! agent__runs "$1" || ovs__no "$1 runs although it is held"
}

# agent_release UNIT: ends the hold and starts the agent if it ran before the hold; an agent that was found stopped stays so. Safe to repeat, and
# after a reboot too (then it has started by itself). Returns 1 when it ought to run and does not; the record stays then.
agent_release() (
  record=$(agent__record "$1")
  rm -f "${OVS_ROOT:-}/run/ovsfleet/hold.$1"
  if [ -e "${OVS_ROOT:-}/run/systemd/system/$1.d/90-ovsfleet-hold.conf" ]; then
    rm -f "${OVS_ROOT:-}/run/systemd/system/$1.d/90-ovsfleet-hold.conf"
    rmdir "${OVS_ROOT:-}/run/systemd/system/$1.d" 2>/dev/null
    timeout 90 systemctl daemon-reload || return 1
  fi
  [ -e "$record" ] || return 0
  if [ "$(cat "$record")" != active ]; then
    echo stopped >"$record.cookies"
  elif ! agent__runs "$1"; then
    agent__cookies >"$record.cookies" || rm -f "$record.cookies"
    timeout 150 systemctl start "$1" || ovs__no "$1 could not be started" || return 1
    agent__runs "$1" || ovs__no "$1 was started and does not run" || return 1
  fi
  rm -f "$record"
)

# agent__flows BRIDGE: its flows, in the version that it speaks; agents' bridges speak 1.3.
agent__flows() {
  ovs__ofctl -O OpenFlow13 --timeout=20 dump-flows "$1" 2>/dev/null || ovs__ofctl -O OpenFlow15 --timeout=20 dump-flows "$1" 2>/dev/null
}

# agent__cookies: `BRIDGE COOKIE` for every bridge that has a controller: the cookie that most of its flows have. An agent draws a new one at every
# start and then removes the flows of the old one; a flow with a cookie of somebody else may stay.
agent__cookies() (
  ovs__context 2>/dev/null || return 1
  bridges=$(ovs__vsctl --no-wait list-br) || return 1
  for bridge in $bridges; do
    controller=$(ovs__vsctl --no-wait get-controller "$bridge") || return 1
    [ -n "$controller" ] || continue
    flows=$(agent__flows "$bridge") || return 1
    cookie=$(printf '%s\n' "$flows" | sed -n 's/^ *cookie=\(0x[0-9a-f]*\),.*/\1/p' | grep -v '^0x0$' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
    [ -z "$cookie" ] || printf '%s %s\n' "$bridge" "$cookie"
  done
)

# agent_working UNIT: prints `yes` when the agent is at work: it runs, and on every bridge that has a controller the flows of before its start
# have given way to new ones. Else one line that says what is missing yet. `is-active` alone proves nothing: an agent whose main loop has
# died stays active. An agent that was found stopped is as it should be: `yes`.
agent_working() (
  record=$(agent__record "$1")
  if ! agent__runs "$1"; then
    if [ "$(cat "$record.cookies" 2>/dev/null)" = stopped ]; then
      echo yes
    else
      echo "$1 is $(ovs__show "$1" ActiveState)"
    fi
    return 0
  fi
  # here, and not only in the subshells below: they would not hand it on
  ovs__context 2>/dev/null || {
    echo 'the switch cannot be asked'
    return 0
  }
  if ! ovs__context || ! now=$(agent__cookies); then
    echo 'the flows cannot be read'
    return 0
  fi
  [ -s "$record.cookies" ] || {
    [ -n "$now" ] && echo yes || echo 'no bridge with a controller has flows'
    return 0
  }
  while read -r bridge old; do
    [ -n "$old" ] || continue
    flows=$(agent__flows "$bridge") || {
      echo "the flows of $bridge cannot be read"
      return 0
    }
    left=$(printf '%s\n' "$flows" | grep -c "cookie=$old,")
    [ "$left" = 0 ] || {
      echo "$bridge still has $left flows of before the agent's start"
      return 0
    }
    printf '%s\n' "$now" | grep -q "^$bridge 0x" || {
      echo "$bridge has no flows of the agent"
      return 0
    }
  done <"$record.cookies"
  echo yes
)

# agent_complaint UNIT: one sentence why it is not at work, of a host that nobody is changing; nothing when it is, or when it is stopped by intent, that is,
# not to be started at boot either.
agent_complaint() (
  if [ -e "${OVS_ROOT:-}/run/ovsfleet/hold.$1" ]; then
    echo "$1 is still kept from starting, as during a swap"
  elif agent__runs "$1"; then
    agent_working "$1" | sed '/^yes$/d'
  else
    case $(ovs__show "$1" UnitFileState) in
      disabled | masked*) ;;
      *) echo "$1 is $(ovs__show "$1" ActiveState)" ;;
    esac
  fi
)

# agent_alive UNIT SECONDS: waits at most so long until agent_working says yes; else says on stderr what was missing last, and returns 1.
agent_alive() (
  left=$2
  until answer=$(agent_working "$1") && [ "$answer" = yes ]; do
    [ "$left" -gt 0 ] || ovs__no "$answer" || return 1
    left=$((left - 1))
    sleep 1
  done
)
