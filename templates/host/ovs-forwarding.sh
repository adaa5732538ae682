# shellcheck shell=sh
# The canonical text of everything that must be equal before and after, and the copy of it that can be put back.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__bridges: the real bridges, sorted (a fake bridge is only a VLAN of a real one).
ovs__bridges() {
  ovs__list=$(ovs__vsctl -- --real list-br) || return 1
  printf '%s\n' "$ovs__list" | sed '/^$/d' | sort
}

# ovs__speaks BRIDGE [PROTOCOLS]: the OpenFlow version to talk to the bridge with: the highest of its `protocols`. An empty list means the daemon's own
# default, which ends at 1.5 since 2.12, at 1.4 since 2.8, at 1.3 before: the highest that it answers to. The highest, since a lower one hides
# what it cannot say (1.4 drops the selection method of a select group), and ovs-ofctl alone would try 1.0, which many bridges refuse.
ovs__speaks() (
  if [ $# = 2 ]; then protocols=$2; else protocols=$(ovs__vsctl --no-wait get Bridge "$1" protocols) || return 1; fi
  highest=$(printf '%s\n' "$protocols" | tr -d '[]" ' | tr ',' '\n' | sort | tail -n 1)
  if [ -n "$highest" ]; then
    printf '%s\n' "$highest"
    return
  fi
  for version in OpenFlow15 OpenFlow14 OpenFlow13 OpenFlow10; do
    if ovs__ofctl -O "$version" --timeout=10 show "$1" >/dev/null 2>&1; then
      printf '%s\n' "$version"
      return
    fi
  done
  return 1
)

# ovs__plainly: the options that make ovs-ofctl print port numbers and no counters, if it knows them (its help does not tell). A tool that does
# not (before 2.8) prints numbers anyway; its counters are cut out of the text below. Who reads many bridges asks once, for OVS_PLAINLY.
ovs__plainly() {
  if timeout 10 "${OVS_ROOT:-}$OVS_BIN/ovs-ofctl" --no-names --no-stats --version >/dev/null 2>&1; then echo '--no-names --no-stats'; fi
}

# ovs__dump WHAT VERSION BRIDGE: tlv | meters | groups | flows of a bridge, one a line, in a form that the restoring command reads, unsorted.
# The answer goes through a variable, not a pipe: the exit status of a pipe is that of its last command, and half a dump must not look whole.
ovs__dump() (
  plainly=
  case $1 in
    tlv)
      answer=$(ovs__ofctl -O "$2" dump-tlv-map "$3") || return 1
      printf '%s\n' "$answer" | awk '$4 ~ /^tun_metadata/ && NF == 4 { print "{class=" $1 ",type=" $2 ",len=" $3 "}->" $4 }'
      ;;
    meters)
      case $2 in OpenFlow1[0-2]) return 0 ;; esac
      answer=$(ovs__ofctl -O "$2" dump-meters "$3") || return 1
      # "meter=1 kbps bands=" and its bands on lines of their own become "meter=1,kbps,band=type=drop,rate=5"
      printf '%s\n' "$answer" | awk '
        function done() { if (line != "") { gsub(/ +/, ",", line); print line } }
        /^meter=/ { done(); line = $0; sub(/ *bands=.*$/, "", line); first = 1; next }
        /^type=/ { sub(/ +$/, ""); line = line (first ? " band=" : " ") $0; first = 0 }
        END { done() }'
      ;;
    groups)
      case $2 in OpenFlow10) return 0 ;; esac
      plainly=${OVS_PLAINLY-$(ovs__plainly)}
      answer=$(ovs__ofctl -O "$2" ${plainly:+--no-names} dump-groups "$3") || return 1
      printf '%s\n' "$answer" | sed -n 's/^ *\(group_id=.*\)$/\1/p'
      ;;
    flows)
      # shellcheck disable=SC2046,SC2086 # several options, or none
      answer=$(ovs__ofctl -O "$2" ${OVS_PLAINLY-$(ovs__plainly)} dump-flows "$3") || return 1
      # IGMP is printed as a protocol of its own, which the parser refuses. reset_counts says what adding a flow did to the counters of one like it (always
      # so in OpenFlow 1.0, which ovs-ofctl speaks unless told): replace-flows drops it, and nothing is forwarded otherwise
      printf '%s\n' "$answer" | sed -n -e '/actions=/!d' -e 's/^ *//' \
        -e 's/ *duration=[^,]*,//' -e 's/ *n_packets=[^,]*,//' -e 's/ *n_bytes=[^,]*,//' -e 's/ *idle_age=[^,]*,//' -e 's/ *hard_age=[^,]*,//' \
        -e 's/ reset_counts / /' \
        -e 's/igmp_type/tp_src/g; s/igmp_code/tp_dst/g; s/igmp/ip,nw_proto=2/g' -e p
      ;;
  esac
)

# ovs__lasting: stdin without the flows that end by themselves (idle_timeout, hard_timeout): learned ones come and go while nobody looks. They
# are saved and restored, yet not compared. A timeout inside actions=learn(...) is not the flow's own.
ovs__lasting() {
  awk '{ head = $0; sub(/ ?actions=.*/, "", head) } head !~ /(idle|hard)_timeout=/'
}

# ovs__flagged: those flows of stdin that have a flag which replace-flows drops: of all flags it keeps send_flow_rem alone (ovs-ofctl.c,
# fte_make_flow_mod()). What these say is no matter of forwarding.
ovs__flagged() {
  awk '{ head = $0; sub(/ ?actions=.*/, "", head) } head ~ /(^|[ ,])(no_packet_counts|no_byte_counts|check_overlap)([ ,]|$)/'
}

# ovs__lines PREFIX: stdin sorted, each line with the prefix before it.
ovs__lines() { sort | sed "s|^|$1 |"; }

# ovs_forwarding [loose]: the canonical text: sorted lines, no counters, no ages.
#   bridge NAME of=OpenFlow15 dpid=... fail=... protocols=...   | controller NAME TARGET | member NAME PORT | config NAME|. {other_config}
#   flow NAME ... | group NAME ... | meter NAME ... | tlv NAME ...   (flows with cookies; without those that time out by themselves)
#   port NAME ofport=N type=T mac=M    (no mac for patch and tunnel ports: theirs is drawn anew at every start)
#   id system-id=... | id system-id-file=... | id hostname=... | id rundir=... | rows TABLE=N
# loose is for after a reboot: no dpid, ofport or mac, since the kernel's side of the guests' ports is gone then, and of a bridge that has a
# controller no flow, group, meter or TLV: the controller programs those anew.
# Returns 1 when anything could not be read (nothing is printed then), 3 when flow-restore-wait is set: a restore is under way and what one would read is half.
ovs_forwarding() (
  ovs__context || return 1
  [ -n "$OVS_BIN" ] || ovs__no "there is no Open vSwitch to ask (owner: $OVS_OWNER)" || return 1
  OVS_MODE=${1:-strict} OVS_PLAINLY=$(ovs__plainly)
  text=$(ovs__forwarding_text) || return
  printf '%s\n' "$text"
)

# ovs__loosened: stdin, as ovs_forwarding prints it, as ovs_forwarding loose would: whoever needs both reads once.
ovs__loosened() {
  awk '
    $1 == "bridge" { sub(/ dpid=[^ ]*/, " dpid=-") }
    $1 == "controller" { controlled[$2] }
    $1 == "port" { sub(/ ofport=[^ ]*/, ""); sub(/ mac=[^ ]*$/, "") }
    $1 ~ /^(tlv|meter|group|flow)$/ && $2 in controlled { next }
    { print }'
}

# ovs_forwarding_after_reboot: what must read the same after a reboot: ovs_forwarding loose; in the boot in which it was captured, what was captured.
ovs_forwarding_after_reboot() {
  if [ -z "${tx_rebooted:-}" ] && [ -e "${TX:-}/ovs/captured" ]; then cat "$TX/ovs/before.loose"; else ovs_forwarding loose; fi
}

ovs__forwarding_text() {
  ovs__waiting=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . other_config:flow-restore-wait) || return 1
  [ -z "$ovs__waiting" ] || return 3
  ovs__all=$(ovs__bridges) || return 1
  for ovs__bridge in $ovs__all; do
    ovs__facts=$(ovs__vsctl --no-wait get Bridge "$ovs__bridge" datapath_id -- get Bridge "$ovs__bridge" fail_mode -- get Bridge "$ovs__bridge" protocols -- get Bridge "$ovs__bridge" other_config) || return 1
    {
      read -r ovs__dpid
      read -r ovs__fail
      read -r ovs__protocols
      read -r ovs__config
    } <<EOF
$ovs__facts
EOF
    ovs__of=$(ovs__speaks "$ovs__bridge" "$ovs__protocols") || return 1
    [ "$OVS_MODE" = strict ] || ovs__dpid=-
    printf 'bridge %s of=%s dpid=%s fail=%s protocols=%s\n' "$ovs__bridge" "$ovs__of" "$ovs__dpid" "$ovs__fail" "$(printf '%s' "$ovs__protocols" | tr -d '" ')"
    printf 'config %s %s\n' "$ovs__bridge" "$ovs__config"
    ovs__answer=$(ovs__vsctl --no-wait get-controller "$ovs__bridge") || return 1
    printf '%s\n' "$ovs__answer" | sed '/^$/d' | ovs__lines "controller $ovs__bridge"
    ovs__dumps='tlv meters groups flows'
    [ "$OVS_MODE" = strict ] || [ -z "$ovs__answer" ] || ovs__dumps=
    ovs__answer=$(ovs__vsctl --no-wait list-ifaces "$ovs__bridge") || return 1
    printf '%s\n' "$ovs__answer" | sed '/^$/d' | ovs__lines "member $ovs__bridge"
    for ovs__what in $ovs__dumps; do
      ovs__answer=$(ovs__dump "$ovs__what" "$ovs__of" "$ovs__bridge") || return 1
      printf '%s\n' "$ovs__answer" | sed '/^$/d' | ovs__lasting | ovs__lines "${ovs__what%s} $ovs__bridge"
    done
  done
  ovs__answer=$(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=name,ofport,type,mac_in_use list Interface) || return 1
  printf '%s\n' "$ovs__answer" | sed '/^$/d; s/"//g' | awk -F, -v mode="$OVS_MODE" '{
    if (mode != "strict") { print "port " $1 " type=" $3; next }
    print "port " $1 " ofport=" $2 " type=" $3 (($3 == "" || $3 == "internal" || $3 == "system" || $3 ~ /^dpdk/) ? " mac=" $4 : "") }' | sort
  for ovs__what in system-id hostname rundir; do
    ovs__answer=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . "external_ids:$ovs__what") || return 1
    printf 'id %s=%s\n' "$ovs__what" "$(printf '%s' "$ovs__answer" | tr -d '"')"
  done
  ovs__answer=$(ovs__vsctl --no-wait get Open_vSwitch . other_config) || return 1
  printf 'config . %s\n' "$ovs__answer"
  printf 'id system-id-file=%s\n' "$(cat "${OVS_ROOT:-}$OVS_SYSCONFDIR/openvswitch/system-id.conf" 2>/dev/null)"
  ovs_db_rows || return 1
}

# ovs_forwarding_summary FILE: one line of counts of such a text: `bridges=3 flows=12 groups=3 meters=2 ports=9`.
ovs_forwarding_summary() {
  awk '{ n[$1]++ } END { printf "bridges=%d flows=%d groups=%d meters=%d ports=%d\n", n["bridge"], n["flow"], n["group"], n["meter"], n["port"] }' "$1"
}

# ovs_save DIR: saves TLV maps, meters, groups and flows of every bridge into the (new) directory, and the list of bridges with the version
# each speaks and whether it has a controller. All or nothing: DIR appears when everything was read. Returns 1 otherwise.
ovs_save() (
  ovs__context || return 1
  rm -rf "$1.new"
  mkdir -p "$1.new" && chmod 700 "$1.new" || return 1
  bridges=$(ovs__bridges) || return 1
  OVS_PLAINLY=$(ovs__plainly)
  for bridge in $bridges; do
    version=$(ovs__speaks "$bridge") || ovs__no "bridge $bridge does not answer" || return 1
    controllers=$(ovs__vsctl --no-wait get-controller "$bridge") || return 1
    printf '%s %s %s\n' "$bridge" "$version" "${controllers:+controlled}" >>"$1.new/bridges" || return 1
    for what in tlv meters groups flows; do
      ovs__dump "$what" "$version" "$bridge" >"$1.new/$bridge.$what" || ovs__no "cannot read the $what of $bridge" || return 1
    done
    ovs__flagged <"$1.new/$bridge.flows" >"$1.new/$bridge.flagged" || return 1
  done
  [ -e "$1.new/bridges" ] || : >"$1.new/bridges"
  rm -rf "$1" && mv "$1.new" "$1"
)

# ovs__alive: whether ovs-vswitchd runs, by its pid file: waiting for a daemon that has died only makes the outage longer.
ovs__alive() {
  { read -r ovs__pid <"${OVS_ROOT:-}$OVS_RUNDIR/ovs-vswitchd.pid"; } 2>/dev/null &&
    { read -r ovs__comm <"${OVS_ROOT:-}/proc/$ovs__pid/comm"; } 2>/dev/null &&
    [ "$ovs__comm" = ovs-vswitchd ]
}

# ovs__await_bridge BRIDGE: until the daemon serves the bridge. While it is being started ($TX/ovs/starting) that may take as long as its starter
# lets it, afterwards some seconds.
ovs__await_bridge() {
  ovs__tries=0
  until [ -S "${OVS_ROOT:-}$OVS_RUNDIR/$1.mgmt" ]; do
    [ -e "${TX:-}/ovs/starting" ] || {
      ovs__tries=$((ovs__tries + 1))
      [ "$ovs__tries" -lt 500 ] && ovs__alive || ovs__no "bridge $1 did not come back" || return 1
    }
    sleep 0.02
  done
  ovs__alive || ovs__no "ovs-vswitchd is gone"
}

# ovs__restore_bridge DIR BRIDGE VERSION: order matters: flows name groups, groups and flows name meters, matches name TLV fields.
ovs__restore_bridge() (
  dir=$1 bridge=$2 version=$3 bundle=
  case $version in OpenFlow10 | OpenFlow11 | OpenFlow12 | OpenFlow13) ;; *) bundle=--bundle ;; esac
  if [ -s "$dir/$bridge.tlv" ]; then
    map=$(paste -sd, "$dir/$bridge.tlv")
    # a map that is there already is refused: good if it is this one
    ovs__ofctl_now -O "$version" --timeout=10 add-tlv-map "$bridge" "$map" ||
      [ "$(ovs__dump tlv "$version" "$bridge" | paste -sd, -)" = "$map" ] || return 1
  fi
  while read -r meter; do
    ovs__ofctl_now -O "$version" --timeout=10 add-meter "$bridge" "$meter" ||
      ovs__ofctl_now -O "$version" --timeout=10 mod-meter "$bridge" "$meter" || return 1
  done <"$dir/$bridge.meters"
  if [ -s "$dir/$bridge.groups" ]; then
    ovs__ofctl_now -O "$version" $bundle add-groups "$bridge" "$dir/$bridge.groups" || {
      # some are there already: all anew
      ovs__ofctl_now -O "$version" del-groups "$bridge" &&
        ovs__ofctl_now -O "$version" $bundle add-groups "$bridge" "$dir/$bridge.groups"
    } || return 1
  fi
  ovs__ofctl_now -O "$version" $bundle replace-flows "$bridge" "$dir/$bridge.flows" || {
    # a bundle is all or nothing; until this is undone or mended, most flows are better than none
    [ -z "$bundle" ] || ovs__ofctl_now -O "$version" replace-flows "$bridge" "$dir/$bridge.flows" 2>/dev/null
    ovs__no "some flows of $bridge were refused"
    return 1
  }
  # over those that are there already, so that no flow is missing meanwhile; what is the same flow is none that it overlaps
  [ ! -s "$dir/$bridge.flagged" ] || ovs__ofctl_now -O "$version" add-flows "$bridge" "$dir/$bridge.flagged" ||
    ovs__no "some flags of flows of $bridge were refused"
)

# ovs_restore DIR [controlled|uncontrolled]: puts back what ovs_save saved: on all bridges, or on those with or without a controller.
# Bridges go side by side: on a host in mid-swap every tenth of a second counts. Safe to repeat. Returns 1 at the first bridge that failed.
ovs_restore() (
  ovs__context || return 1
  jobs='' code=0
  while read -r bridge version controlled; do
    case ${2:-all} in
      controlled) [ -n "$controlled" ] || continue ;;
      uncontrolled) [ -z "$controlled" ] || continue ;;
    esac
    # one waits for all: they come together, and each that polls takes time from the daemon that is awaited
    if ! ovs__await_bridge "$bridge"; then
      code=1
      break
    fi
    ovs__restore_bridge "$1" "$bridge" "$version" </dev/null &
    jobs="$jobs $!"
  done <"$1/bridges"
  for job in $jobs; do
    wait "$job" || code=1
  done
  return "$code"
)
