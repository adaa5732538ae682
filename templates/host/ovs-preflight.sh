# shellcheck shell=sh
# Why a host's switch cannot be exchanged under traffic, found before anything is changed. ovs-base, ovs-layout, ovs-release and ovs-swap are
# needed beside. Each function prints sentences, one a line; nothing printed means no objection.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_hot_objections PREFIX VERSION [module-exchanged]: every reason against giving this host that release hot.
ovs_hot_objections() (
  # That the build is not staged yet is no objection: staging it is a step of its own.
  ovs_refusals "$1" | sed '/ is not staged: /d'
  ovs__context 2>/dev/null || return 0
  case $OVS_OWNER in none | container) return 0 ;; esac
  running=$(ovs_running | ovs__key release)
  ovs__objection_release "$running" "$2"
  [ "$running" = "$2" ] || [ -n "${3:-}" ] || ovs__objection_module "$2"
  ovs__objection_ports
  ovs__objection_checksums "$running" "$2"
)

# ovs_restart_objections PREFIX|found: every reason against restarting the daemons of this host hot, with the programs of that release.
ovs_restart_objections() (
  ovs__context 2>/dev/null || {
    echo 'the switch cannot be asked'
    return 0
  }
  case $OVS_OWNER in none | container) ;; *) ovs__side "$1" && target=$(ovs__release_of_tool "$SIDE_BIN/ovs-vsctl") ;; esac
  ovs_hot_objections "$1" "${target:-none}"
)

# A downgrade converts the database down and drops what the older schema does not know; before 2.8 the tools cannot print flows so that they
# can be read back (no --no-names), and ovs-save saves none from such a daemon (Open vSwitch commit fe772f539).
ovs__objection_release() {
  if [ "$1" != "$2" ] && ovs__newer_or_same "$1" "$2"; then
    echo "it runs $1, so that $2 would be a downgrade, which drops what the older database schema does not know"
  fi
  if ! ovs__newer_or_same "$1" 2.8; then
    echo "it runs $1, whose flows cannot be saved and restored for certain (that begins with 2.8)"
  fi
}

# Only a module of Open vSwitch's own has a version (upstream's has none); from 3.0 on there is none to go with a release
# (Open vSwitch NEWS, 3.0.0), and tunnels of one loaded from an older release end with 4.0.
ovs__objection_module() {
  [ -r "${OVS_ROOT:-}/sys/module/openvswitch/version" ] || return 0
  if ovs__newer_or_same "$1" 3.0; then
    echo "the kernel module in memory is Open vSwitch's own $(cat "${OVS_ROOT:-}/sys/module/openvswitch/version"), and $1 wants the kernel's: go to 2.17 first, or boot into the kernel's module"
  fi
}

# A guest behind a vhost-user port of which the switch is the server does not connect again after a restart of the switch
# (Open vSwitch Documentation/topics/dpdk/vhost-user.rst).
ovs__objection_ports() {
  ovs__ports=$(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=name find Interface type=dpdkvhostuser) || return 0
  for ovs__port in $ovs__ports; do
    echo "port $ovs__port is a vhost-user server: the guest behind it would have to be restarted; move it away first"
  done
}

# The way back over 3.2 on a userspace datapath: see ovs__plain_taps.
ovs__objection_checksums() {
  [ "$(ovs_layout | ovs__key datapaths)" = netdev ] && ! ovs__newer_or_same "$1" 3.2 && ovs__newer_or_same "$2" 3.2 || return 0
  command -v ethtool >/dev/null || echo "there is no ethtool here: going back from $2 would leave what this host itself sends over its bridges without checksums"
}

# ovs_ssh_bridge: the bridge that the way back to the controller goes over, if it goes over one: route, interface, and what that stands on.
ovs_ssh_bridge() (
  client=${SSH_CONNECTION%% *}
  [ -n "$client" ] || return 0
  ahead=$(timeout 5 ip -o route get "$client" 2>/dev/null | sed -n 's/^.* dev \([^ ]*\).*$/\1/p' | head -n 1)
  ovs__context 2>/dev/null || return 0
  case $OVS_OWNER in none | container) return 0 ;; esac
  seen=' '
  set -f
  while [ -n "$ahead" ]; do
    device=${ahead%% *}
    ahead=${ahead#"$device"}
    ahead=${ahead# }
    case $seen in *" $device "*) continue ;; esac
    seen="$seen$device "
    ! ovs__vsctl --no-wait br-exists "$device" 2>/dev/null || { printf '%s\n' "$device" && return 0; }
    ! ovs__vsctl --no-wait iface-to-br "$device" 2>/dev/null || return 0
    ahead="$ahead${ahead:+ }$(ovs__below "$device")"
  done
)

# ovs__below DEVICE: what frames of that device leave by: the devices under a VLAN, bond, team or Linux bridge, and the other end of a veth pair
# that is in this network namespace too (only then each names the other: the index of a peer elsewhere may be that of anything here).
ovs__below() (
  set +f
  net=${OVS_ROOT:-}/sys/class/net
  below=
  for lower in "$net/$1"/lower_*; do
    [ ! -e "$lower" ] || below="$below${below:+ }${lower##*/lower_}"
  done
  mine=$(cat "$net/$1/ifindex" 2>/dev/null)
  peer=$(cat "$net/$1/iflink" 2>/dev/null)
  [ "$mine" = "$peer" ] || for other in "$net"/*; do
    case "$(cat "$other/ifindex" 2>/dev/null) $(cat "$other/iflink" 2>/dev/null)" in
    "$peer $mine") below="$below${below:+ }${other##*/}" ;;
    esac
  done
  printf '%s' "$below"
)
