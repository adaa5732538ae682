# shellcheck shell=sh
# Exchanging the kernel module under running daemons, in place of `ovs-ctl force-reload-kmod`, which ends with status 0 also when the old module stayed. The
# datapath goes and comes again, so guests are cut off meanwhile; flows, groups, meters, internal ports and their addresses are put back. One
# function a phase, and the way back from any of them; all that must outlive a kill is under $TX/ovs/module.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; one is read by another file

# ovs__wanted_file STAGE|in-tree NAME: the file of that module.
ovs__wanted_file() {
  case $1 in
    in-tree) ovs__tree_file "$2" ;;
    *) [ -e "${OVS_ROOT:-}$1/$2.ko" ] && printf '%s\n' "${OVS_ROOT:-}$1/$2.ko" ;;
  esac
}

# ovs__file_of_memory NAME: a file on this host that is the module in memory: of those that modprobe could take, of those that an installation has replaced, and
# of all builds of ours.
ovs__file_of_memory() (
  id=$(ovs__memory_id "$1") || return 1
  { ovs__copies "$1"; find "$(ovs__kept)/modules" "${OVS_ROOT:-}/opt/ovsfleet/modules" -name "$1.ko*" 2>/dev/null; } |
    while read -r file; do
      if ovs__same_id "$id" "$(ovs__file_id "$file")"; then
        printf '%s\n' "$file"
        break
      fi
    done | grep .
)

# ovs_module_swap_objections STAGE|in-tree: why the module in memory cannot be exchanged under the running switch, one sentence a line.
ovs_module_swap_objections() (
  ovs__context || return 1
  case $OVS_OWNER in
    none) return 0 ;;
    container)
      echo 'the daemons run in containers: the module in memory is exchanged by a reboot (-e now=reboot)'
      return 0
      ;;
  esac
  OVS_COPIES=$(ovs__all_copies)
  case $(ovs_modules_in_memory "$1") in 'loaded=none' | "loaded=${1##*/}") return 0 ;; esac
  for name in $(ovs__loaded_names); do
    ovs__file_of_memory "$name" >/dev/null || ovs__not_on_disk "$name"
  done
  ovs__swap_objections "$1"
)

ovs__not_on_disk() { echo "the module $1 in memory is no longer on this host as a file, so it could not be put back: reboot instead (-e now=reboot)"; }

# ovs__swap_objections STAGE|in-tree: those that are not about the files of the modules in memory.
ovs__swap_objections() (
  ovs_interface_objections
  ovs__tunnel_objections "$1"
  file=$(ovs__wanted_file "$1" openvswitch)
  [ -z "$file" ] || ovs_module_trial "$file"
)

# ovs__own_tunnels STAGE|in-tree: whether the wanted vports bring tunnels of their own, as releases up to 2.17 do on kernels without those of today: then the
# kernel's own tunnel modules must go too. A vport that only connects depends on the kernel's module.
ovs__own_tunnels() (
  file=$(ovs__wanted_file "$1" vport-vxlan) && [ -n "$file" ] || return 1
  case ,$(ovs__modinfo depends "$file"), in *,vxlan,*) return 1 ;; esac
)

# ovs__tunnel_objections STAGE|in-tree: devices of others that use the kernel's tunnels, where those would have to go.
ovs__tunnel_objections() (
  ovs__own_tunnels "$1" || return 0
  for kind in vxlan geneve gre gretap ip6gre ip6gretap; do
    timeout 10 ip -o link show type "$kind" 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | while read -r device; do
      case $device in vxlan_sys_* | genev_sys_* | gre_sys* | ip6gre_sys* | erspan_sys* | gre0 | gretap0 | erspan0 | ip6gre0) continue ;; esac
      echo "$kind device $device is not Open vSwitch's, and uses a module of the kernel that would have to go: these modules bring their own"
    done
  done
)

# ovs_module_capture STAGE|in-tree: what the exchange needs beside ovs_capture, which has gone before: copies of the modules in memory, the internal ports. Refuses
# (1) for the reasons of ovs_module_swap_objections.
ovs_module_capture() (
  ovs__context || return 1
  dir=$TX/ovs/module
  [ ! -e "$dir/captured" ] || return 0
  OVS_COPIES=$(ovs__all_copies)
  case $(ovs_modules_in_memory "$1") in 'loaded=none' | "loaded=${1##*/}") return 0 ;; esac
  objections=$(ovs__swap_objections "$1") || return 1
  [ -z "$objections" ] || ovs__no "$objections" || return 1
  rm -rf "$dir"
  mkdir -p "$dir/old" || return 1
  ovs__loaded_names >"$dir/loaded"
  while read -r name; do
    file=$(ovs__file_of_memory "$name") || ovs__no "$(ovs__not_on_disk "$name")" || return 1
    ovs__module_text "$file" >"$dir/old/$name.ko" || ovs__no "cannot copy the module $name" || return 1
  done <"$dir/loaded"
  ovs__memory_id openvswitch >"$dir/was" || return 1
  ovs_interfaces >"$dir/interfaces" && ovs_interfaces_plan "$dir/interfaces" || ovs__no 'cannot read the internal ports' || return 1
  : >"$dir/captured"
)

# ovs__dpctl: the datapaths of the kernel, with the tools of the release that runs.
ovs__dpctl() { timeout 20 "${OVS_ROOT:-}$OVS_BIN/ovs-dpctl" "$@"; }

# ovs__modules_out: the datapaths, the tunnels' devices and the modules, once ovs-vswitchd has stopped. Returns 1, and says so, when one of them stays.
ovs__modules_out() (
  ovs__say 'removing the datapath and its modules'
  datapaths=$(ovs__dpctl dump-dps 2>/dev/null)
  for datapath in $datapaths; do
    ovs__dpctl del-dp "$datapath" || ovs__no "cannot remove the datapath $datapath" || return 1
  done
  for link in "${OVS_ROOT:-}"/sys/class/net/*; do
    case ${link##*/} in
      vxlan_sys_* | genev_sys_* | gre_sys | ip6gre_sys | erspan_sys | ip6erspan_sys | lisp_sys | stt_sys_* | gtpu_sys_* | bareudp_sys_*)
        timeout 10 ip link del "${link##*/}" || ovs__no "cannot remove ${link##*/}" || return 1
        ;;
    esac
  done
  ovs__switch_out
)

# ovs__switch_out: the modules of Open vSwitch alone, those that use the switch before it.
ovs__switch_out() {
  for ovs__each in vport-geneve vport-gre vport-lisp vport-stt vport-vxlan openvswitch; do
    ! ovs__sys "$ovs__each" >/dev/null || ovs__module_out "$ovs__each" || return 1
  done
}

# ovs__module_out NAME: the kernel may take a moment until the last user is gone.
ovs__module_out() {
  ovs__tries=0
  until ovs__said=$(LC_ALL=C timeout 60 rmmod "$1" 2>&1); do
    ovs__sys "$1" >/dev/null || return 0
    ovs__tries=$((ovs__tries + 1))
    [ "$ovs__tries" -lt 25 ] || ovs__no "module $1 does not go: $(ovs__on_one_line "$ovs__said")" || return 1
    sleep 0.2
  done
}

# ovs__insertion NAME FILE: how that very file gets into memory, as a line `modprobe NAME`, or where modprobe would take another `insmod FILE`, after such lines for what it
# depends on. Found before an outage, since it takes a good while.
ovs__insertion() {
  if ovs__same_file "$(ovs__resolved "$1")" "$2"; then
    echo "modprobe $1"
  else
    for ovs__needed in $(ovs__modinfo depends "$2" | tr ',' ' '); do
      case $ovs__needed in openvswitch) ;; *) echo "modprobe $ovs__needed" ;; esac
    done
    echo "insmod $2"
  fi
}

# ovs__modules_in LINES: does what those lines say.
ovs__modules_in() {
  while read -r ovs__how ovs__what; do
    timeout 60 "$ovs__how" "$ovs__what" </dev/null || ovs__no "$ovs__how $ovs__what failed" || return 1
  done <"$1"
}

# ovs__vports_wanted PREFIX|found: the vports to load with the switch: those that were, for a release that does not ask for them by itself; since 2.8.2 and 2.9
# ovs-vswitchd takes the kernel's tunnels where it can, and a vport loaded before would stand in their place.
ovs__vports_wanted() {
  ovs__side "$1" || return 1
  ! ovs__newer_or_same "$(ovs__release_of_tool "$SIDE_BIN/ovs-vsctl")" 2.8.2 || return 0
  sed '/^openvswitch$/d' "$TX/ovs/module/loaded"
}

# ovs_exchange_modules STAGE|in-tree PREFIX|found: phase: ovs-vswitchd stopped, the datapath and its modules removed, the wanted ones loaded and proven by what is in
# memory. The outage begins. Nothing when no module is in memory, or that one is.
ovs_exchange_modules() (
  ovs__context || return 1
  ovs__busy || return 1
  [ -e "$TX/ovs/module/captured" ] || return 0
  vports=$(ovs__vports_wanted "$2") || return 1
  tunnels=
  ! ovs__own_tunnels "$1" || tunnels='ip_gre ip6_gre gre geneve vxlan'
  for name in openvswitch $vports; do
    file=$(ovs__wanted_file "$1" "$name")
    [ -z "$file" ] || ovs__insertion "$name" "$file"
  done >"$TX/ovs/module/in"
  : >"$TX/ovs/module/began"
  ovs__stop ovs-vswitchd "$(cat "$TX/ovs/from")" || return 1
  ovs__modules_out || return 1
  for name in $tunnels; do ! ovs__sys "$name" >/dev/null || ovs__module_out "$name" || return 1; done
  ovs__modules_in "$TX/ovs/module/in"
)

# ovs_internal_ports_back: phase: once ovs-vswitchd runs, the internal ports where they were, with their addresses, routes and settings. They are that already, unless the
# first try, while ovs-vswitchd was being started, came too early (ovs__forward_early).
ovs_internal_ports_back() (
  ovs__context || return 1
  ovs__busy || return 1
  [ ! -e "$TX/ovs/module/began" ] || ovs_interfaces_restore "$TX/ovs/module/interfaces"
)

# ovs_internal_ports_same: whether they are.
ovs_internal_ports_same() {
  [ ! -e "$TX/ovs/module/began" ] || ovs_interfaces_as "$TX/ovs/module/interfaces"
}

# ovs_module_verify STAGE|in-tree: phase: what is in memory is what was wanted, vports that have come since too, and modprobe would take the same; the internal ports
# are as before.
ovs_module_verify() (
  ovs__context || return 1
  [ -e "$TX/ovs/module/began" ] || return 0
  memory=$(ovs_modules_in_memory "$1")
  [ "$memory" = "loaded=${1##*/}" ] || ovs__no "the module in memory is $memory" || return 1
  ovs_internal_ports_same
)

# ovs_module_undo: the modules of before, in memory and on disk; ovs-vswitchd is left stopped where they had to be exchanged, for ovs_undo to start. Safe to repeat, right
# from any phase, and after a reboot, which has loaded what was installed.
ovs_module_undo() (
  [ -e "$TX/ovs/module/captured" ] || return 0
  ovs__begin_undo 'module' || return 1
  ovs_modules_put_back || return 1
  [ -e "$TX/ovs/module/began" ] || [ -n "${tx_rebooted:-}" ] || return 0
  if ovs__old_in_memory; then return 0; fi
  if [ -n "${tx_rebooted:-}" ]; then
    ovs__await_boot
    ovs_interfaces >"$TX/ovs/module/interfaces" && ovs_interfaces_plan "$TX/ovs/module/interfaces" || return 1
  fi
  while read -r name; do
    # after a boot a vport that no tunnel asks for is asked for by the next
    case $name in openvswitch) ;; *) [ -z "${tx_rebooted:-}" ] || continue ;; esac
    ovs__insertion "$name" "$TX/ovs/module/old/$name.ko"
  done <"$TX/ovs/module/loaded" >"$TX/ovs/module/back"
  : >"$TX/ovs/module/began"
  ovs__stop ovs-vswitchd "$(cat "$TX/ovs/from")" || return 1
  ovs__modules_out && ovs__modules_in "$TX/ovs/module/back" || return 1
  ovs__old_in_memory || ovs__no 'the modules of before are not in memory'
)

# ovs__old_in_memory: whether the modules of before are, and no other vport.
ovs__old_in_memory() (
  ovs__sys openvswitch >/dev/null || return 1
  for name in $(ovs__loaded_names); do
    [ -e "$TX/ovs/module/old/$name.ko" ] || continue
    ovs__same_id "$(ovs__memory_id "$name")" "$(ovs__file_id "$TX/ovs/module/old/$name.ko")" || return 1
  done
)

# ovs_module_finish: the end, whatever the outcome: what was kept of an installation that is proven in memory is let go.
ovs_module_finish() {
  [ "${tx_outcome:-}" != 'done' ] || rm -rf "$(ovs__kept)"
}

# ovs_module_load STAGE|in-tree: into memory, where none is, or where no daemon runs that uses the one that is.
ovs_module_load() (
  objection=$(ovs_module_load_objection "$1") || return 1
  [ -z "$objection" ] || ovs__no "$objection" || return 1
  ovs__switch_out || return 1
  file=$(ovs__wanted_file "$1" openvswitch)
  [ -n "$file" ] || ovs__no 'there is no such module' || return 1
  lines=$(mktemp) || return 1
  ovs__insertion openvswitch "$file" >"$lines" && ovs__modules_in "$lines"
  code=$?
  rm -f "$lines"
  return "$code"
)

# ovs_module_load_objection STAGE|in-tree: a sentence where another module is in memory and daemons run with it.
ovs_module_load_objection() (
  memory=$(ovs_modules_in_memory "$1")
  case $memory in 'loaded=none' | "loaded=${1##*/}") return 0 ;; esac
  ! ovs__daemon_pid ovs-vswitchd >/dev/null || echo "another module is in memory, and ovs-vswitchd runs with it: ${memory#loaded=}"
)
