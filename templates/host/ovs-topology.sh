# shellcheck shell=sh
# Bridges, ports and flows as steps: what there is, in one canonical line, and making it so. Function definitions only.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_bridge NAME: its kind of datapath: system | netdev | none when there is no such bridge.
ovs_bridge() (
  ovs__context || return 1
  all=$(ovs__vsctl --no-wait list-br) || return 1
  printf '%s\n' "$all" | grep -q -x -F -e "$1" || {
    echo none
    return 0
  }
  type=$(ovs__vsctl --no-wait get Bridge "$1" datapath_type | tr -d '"') || return 1
  echo "${type:-system}"
)

# ovs_make_bridge NAME TYPE: a bridge that is there keeps its ports and flows.
ovs_make_bridge() (
  ovs__context || return 1
  ovs__vsctl --may-exist add-br "$1" -- set Bridge "$1" datapath_type="$2"
)

# ovs_port NAME: where the port is, what it is and how set up, e.g. `br-tun vxlan local_ip=192.0.2.1 remote_ip=192.0.2.2`; `none`;
# and why the datapath could not open it, if so.
ovs_port() (
  ovs__context || return 1
  bridge=$(ovs__vsctl --no-wait port-to-br "$1" 2>/dev/null) || {
    echo none
    return 0
  }
  type=$(ovs__vsctl --no-wait get Interface "$1" type | tr -d '"') || return 1
  options=$(ovs__vsctl --no-wait get Interface "$1" options) || return 1
  error=$(ovs__vsctl --no-wait get Interface "$1" error | tr -d '[]') || return 1
  echo "$bridge ${type:-system}$(printf '%s' "$options" | tr -d '{}"' | sed 's/^./ &/; s/, / /g')${error:+, not opened: $error}"
)

# ovs_make_port BRIDGE NAME [SETTINGS...]: the port of that name, in that bridge and with these settings of its interface alone.
ovs_make_port() (
  ovs__context || return 1
  bridge=$1 name=$2
  shift 2
  there=$(ovs__vsctl --no-wait port-to-br "$name" 2>/dev/null)
  [ -z "$there" ] || [ "$there" = "$bridge" ] || ovs__no "$name is a port of $there" || return 1
  ovs__vsctl --may-exist add-port "$bridge" "$name" -- clear Interface "$name" options -- set Interface "$name" "$@"
)

# ovs_flows_of BRIDGE COOKIE NUMBER: `as written` when the bridge has as many flows as written, all with that cookie, which is made of their text; else how
# many it has, and whose.
ovs_flows_of() (
  ovs__context || return 1
  version=$(ovs__speaks "$1" 2>/dev/null) || {
    echo 'no such bridge'
    return 0
  }
  flows=$(ovs__dump flows "$version" "$1") || return 1
  all=$(printf '%s\n' "$flows" | sed '/^$/d' | grep -c '')
  own=$(printf '%s\n' "$flows" | grep -c "^cookie=$2,")
  if [ "$all" = "$own" ] && [ "$own" = "$3" ]; then echo 'as written'; else echo "$all flows, $own of these"; fi
)

# ovs_make_flows BRIDGE COOKIE <flows: in place of all that the bridge has, in one go.
ovs_make_flows() (
  ovs__context || return 1
  version=$(ovs__speaks "$1") || return 1
  flows=$(sed "/^\$/d; s/^/cookie=$2,/") || return 1
  printf '%s\n' "$flows" | ovs__ofctl -O "$version" replace-flows "$1" -
)
