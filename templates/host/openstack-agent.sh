# Holding neutron's Open vSwitch agent while the switch is exchanged: it must be stopped first and must not come back, or
# it resets bridges in the middle. Function definitions only; ovs-base, ovs-layout and ovs-forwarding are needed beside.
# shellcheck shell=sh

# The record of a hold outlives a reboot, the hold itself does not: /run is emptied.
agent__state=/var/lib/ovsfleet/agent
agent__hold=/run/ovsfleet/hold

agent__dropin() { printf '/run/systemd/system/%s.d/90-ovsfleet-hold.conf' "$1"; }

# agent__property UNIT NAME: one property. EL7's systemctl has no --value.
agent__property() { timeout 20 systemctl show -p "$2" "$1" | sed "s/^$2=//"; }

# agent__cookies: `BRIDGE COOKIE` of every flow on the bridges that have a controller, each once: those that an agent
# programs. It takes new cookies at every start.
agent__cookies() (
  ovs__context || return 1
  bridges=$(ovs__bridges) || return 1
  for bridge in $bridges; do
    controller=$(ovs__vsctl --no-wait get-controller "$bridge") || return 1
    [ -n "$controller" ] || continue
    version=$(ovs__speaks "$bridge") || return 1
    flows=$(ovs__dump flows "$version" "$bridge") || return 1
    printf '%s\n' "$flows" | sed -n "s/^.*cookie=\(0x[0-9a-f]*\),.*$/$bridge \1/p"
  done | sort -u
)

# agent_hold UNIT: stopped, and kept from starting by a condition that no start, restart or dependency gets round.
# `systemctl mask --runtime` would do nothing where the unit file lies in /etc, which beats /run.
# What it did before is recorded once: a second hold must not take the held agent for one that was found stopped.
agent_hold() {
  mkdir -p "$agent__state" "$agent__hold" "$(dirname "$(agent__dropin "$1")")" || return 1
  chmod 0700 /var/lib/ovsfleet "$agent__state"
  if [ ! -e "$agent__state/$1.held" ]; then
    agent__cookies >"$agent__state/$1.cookies" || return 1
    agent__property "$1" ActiveState >"$agent__state/$1.new" && mv "$agent__state/$1.new" "$agent__state/$1.held" || return 1
  fi
  printf '[Unit]\nConditionPathExists=!%s/%s\n' "$agent__hold" "$1" >"$(agent__dropin "$1")" &&
    : >"$agent__hold/$1" && timeout 60 systemctl daemon-reload && timeout 150 systemctl stop "$1"
}

# agent_held UNIT: proof that it is stopped and stays so: no process left, and the condition in force.
agent_held() {
  case $(agent__property "$1" ActiveState) in
  inactive | failed) ;;
  *)
    echo "$1 is still $(agent__property "$1" ActiveState)" >&2
    return 1
    ;;
  esac
  [ "$(agent__property "$1" MainPID)" = 0 ] && [ -e "$agent__hold/$1" ] || {
    echo "$1 is not held" >&2
    return 1
  }
  case $(agent__property "$1" DropInPaths) in
  *90-ovsfleet-hold.conf*) ;;
  *)
    echo "systemd does not know the hold of $1" >&2
    return 1
    ;;
  esac
}

# agent_release UNIT: lets it start again, and starts it if it ran before. Right when repeated, and after a reboot, which
# has lifted the hold already.
agent_release() {
  rm -f "$agent__hold/$1" "$(agent__dropin "$1")"
  rmdir "$(dirname "$(agent__dropin "$1")")" 2>/dev/null
  timeout 60 systemctl daemon-reload || return 1
  [ -e "$agent__state/$1.held" ] || return 0
  case $(cat "$agent__state/$1.held") in
  active | activating | reloading)
    timeout 20 systemctl reset-failed "$1" 2>/dev/null
    timeout 120 systemctl start "$1" || return 1
    ;;
  esac
  mv "$agent__state/$1.held" "$agent__state/$1.was"
}

# agent_working UNIT: `yes` when it does what it did before it was last held: if it ran, it runs, every bridge of its has
# flows, and none of them carries a cookie from before. Being active proves nothing: an agent whose main thread has died
# stays active.
agent_working() (
  [ ! -e "$agent__state/$1.held" ] || {
    echo 'no: it is held'
    return 0
  }
  case $(cat "$agent__state/$1.was" 2>/dev/null) in
  active | activating | reloading) ;;
  *)
    echo yes
    return 0
    ;;
  esac
  active=$(agent__property "$1" ActiveState)
  [ "$active" = active ] || {
    echo "no: it is $active"
    return 0
  }
  now=$(agent__cookies) || return 1
  old=$(printf '%s\n' "$now" | grep -cxF -f "$agent__state/$1.cookies")
  if [ "$old" -gt 0 ]; then
    echo "no: $old of the cookies from before are still in use"
    return 0
  fi
  for bridge in $(cut -d ' ' -f 1 "$agent__state/$1.cookies" | sort -u); do
    printf '%s\n' "$now" | grep -q "^$bridge " || {
      echo "no: bridge $bridge has no flows"
      return 0
    }
  done
  echo yes
)
