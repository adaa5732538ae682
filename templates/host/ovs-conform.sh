# shellcheck shell=sh
# What is not as it should be, for a person: read only, nothing is changed.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_complaints RELEASE [same-tools]: one sentence a line about each thing that is not as it should be; nothing when all is. RELEASE is the one
# that must run, '' for whichever; with `same-tools` programs of another release on a login's PATH are a fault too.
ovs_complaints() (
  ovs__context 2>/dev/null || {
    echo 'the switch cannot be asked'
    return 0
  }
  case $OVS_OWNER in
    none)
      echo 'no daemon of Open vSwitch runs'
      return 0
      ;;
    container)
      echo 'the daemons run in containers, which cannot be looked into from here'
      return 0
      ;;
    astray) echo 'there are units for the daemons, but the running daemons are not theirs' ;;
  esac
  record=$(ovs_running)
  release=$(printf '%s\n' "$record" | ovs__key release)
  [ -z "$1" ] || [ "$release" = "$1" ] || echo "release $release runs, not $1"
  programs=$(ovs_programs) && case $programs in 'those that a start would use') ;; *) echo "$programs" ;; esac
  ovs_restart_harmless 2>&1
  ovs__complain_of_database "$(printf '%s\n' "$record" | ovs__key schema)"
  ovs__complain_of_log
  for unit in ovsdb-server ovs-vswitchd; do
    [ ! -e "${OVS_ROOT:-}/run/systemd/system/$unit.service.d/99-ovsfleet-swap.conf" ] ||
      echo "systemd is still told not to restart $unit, as during a swap"
  done
  [ "${2:-}" != same-tools ] || ovs_old_tools_told
  :
)

# ovs__complain_of_database SCHEMA: the live schema, flow-restore-wait, the system id.
ovs__complain_of_database() {
  if ovs__side "$(ovs_would_start)"; then
    ovs__own=$(timeout 10 "${OVS_ROOT:-}$SIDE_BIN/ovsdb-tool" schema-version "${OVS_ROOT:-}$SIDE_SCHEMA" 2>/dev/null)
    [ -z "$ovs__own" ] || [ "$ovs__own" = "$1" ] || echo "the database has schema $1, and a start would convert it to $ovs__own"
  fi
  ovs__waiting=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . other_config:flow-restore-wait 2>/dev/null) || echo 'the database does not answer'
  [ -z "$ovs__waiting" ] || echo 'other_config:flow-restore-wait is set: new traffic is not forwarded'
  ovs__id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id 2>/dev/null | tr -d '"')
  ovs__id_file=$(cat "${OVS_ROOT:-}$OVS_SYSCONFDIR/openvswitch/system-id.conf" 2>/dev/null)
  [ -z "$ovs__id_file" ] || [ "$ovs__id" = "$ovs__id_file" ] ||
    echo "the system id is ${ovs__id:-not set} in the database, $ovs__id_file in $OVS_SYSCONFDIR/openvswitch/system-id.conf"
}

# ovs__complain_of_log: emergencies and errors in the logs since each daemon started.
ovs__complain_of_log() {
  for ovs__name in ovs-vswitchd ovsdb-server; do
    ovs_log_since_start "$ovs__name" | awk -v name="$ovs__name" '
      { n++; last = $0; sub(/^[^|]*\|[0-9]+\|/, "", last) }
      END { if (n) print n (n == 1 ? " error" : " errors") " in the log since " name " started, the last: " last }'
  done
}

# ovs_old_tools_told: one sentence about the programs on a login's PATH that are of another release than the running one; nothing when there are none.
ovs_old_tools_told() (
  running=$(ovs_running | ovs__key release)
  ovs_old_tools 2>/dev/null | sort -k 2,2 -k 1,1 | awk -v running="$running" '
    { name = $1; sub(/.*\//, "", name); directory = substr($1, 1, length($1) - length(name) - 1) }
    $2 != release { text = text (release == "" ? "" : "); ") "programs of " $2 " are on the PATH of a login beside the running " running ": "; place = "" }
    $2 == release && directory == place { text = text ", " name; next }
    { text = text (place == "" ? "" : "), ") directory " (" name; release = $2; place = directory }
    END { if (text != "") print text ")" }'
)
