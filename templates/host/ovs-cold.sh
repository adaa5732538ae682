# shellcheck shell=sh
# Exchanging a release with the daemons stopped, where it cannot be done hot: flows, groups and meters are not kept. One function a phase, and
# the way back from any of them; all that must outlive a kill is under $TX/ovs.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; some are read by the other files

# ovs_cold_refusals PREFIX: why not even that can be done, one sentence a line; nothing when it can.
ovs_cold_refusals() (
  ovs__context || return 1
  case $OVS_OWNER in
    none)
      echo 'no daemon of Open vSwitch runs here'
      return 0
      ;;
    container)
      echo 'the daemons run in containers: upgrade their image instead'
      return 0
      ;;
  esac
  staged=$(ovs_staged "$1")
  [ "$staged" = "${1##*/}" ] || echo "the build ${1##*/} is not staged: $staged"
  :
)

# ovs__cold_owner: who owns the daemons from now on. Daemons that have gone astray from their units are stopped with all others, and then started
# by the units.
ovs__cold_owner() {
  case $OVS_OWNER in
    astray)
      if [ "$(ovs__show openvswitch-switch.service LoadState)" = loaded ]; then echo debian; else echo el; fi
      ;;
    *) echo "$OVS_OWNER" ;;
  esac
}

# ovs_cold_capture PREFIX: makes ready without changing anything outside $TX. Refuses (1) when ovs_cold_refusals has a reason. Never overwrites an
# earlier capture of this transaction.
ovs_cold_capture() (
  [ ! -e "$TX/ovs/captured" ] || return 0
  rm -rf "$TX/ovs"
  mkdir -p "$TX/ovs" && chmod 700 "$TX/ovs" || return 1
  OVS_READY=
  refusals=$(ovs_cold_refusals "$1") || ovs__no "cannot find out how Open vSwitch runs here" || return 1
  [ -z "$refusals" ] || ovs__no "$refusals" || return 1
  ovs__context || return 1
  ovs__note_what_runs "$1" "$(ovs__cold_owner)" || return 1
  : >"$TX/ovs/captured"
)

# ovs_cold_kept rows|ids: the canonical text of what must read the same afterwards: with `rows` the bridges, their ports and the number of rows of
# every table; with `ids`, for a database that is made anew, only who the host is.
ovs_cold_kept() (
  ovs__context || return 1
  printf 'system-id-file=%s\n' "$(cat "${OVS_ROOT:-}$OVS_SYSCONFDIR/openvswitch/system-id.conf" 2>/dev/null)"
  id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id) || return 1
  printf 'system-id=%s\n' "$(printf '%s' "$id" | tr -d '"')"
  [ "$1" = rows ] || return 0
  bridges=$(ovs__bridges) || return 1
  for bridge in $bridges; do
    ports=$(ovs__vsctl --no-wait list-ifaces "$bridge") || return 1
    echo "bridge $bridge"
    printf '%s\n' "$ports" | sed '/^$/d' | ovs__lines "port $bridge"
  done
  ovs_db_rows
)

# ovs__cold_stop DAEMON: stops it, whoever started it.
ovs__cold_stop() {
  ovs__from=$(cat "$TX/ovs/from") || return 1
  ovs__stop "$1" "$ovs__from" && return 0
  # not a child of its unit, so systemd has no hold on it
  ovs__side "$ovs__from" || return 1
  timeout 150 "${OVS_ROOT:-}$SIDE_SCRIPTS/ovs-ctl" "$(ovs__only "$1")" stop </dev/null
  ! ovs__pid_alive "$1" >/dev/null || ovs__no "$1 does not stop"
}

# ovs_cold_stop: phase: both daemons stopped, the switch first. The outage begins.
ovs_cold_stop() (
  ovs__context || return 1
  ovs__busy || return 1
  ovs__clear_failures
  ovs__cold_stop ovs-vswitchd && ovs__cold_stop ovsdb-server
)

# ovs_cold_database PREFIX convert|new: phase: the database kept aside, and one of the release's schema put in its place: the same one, converted
# and counted, or an empty one.
ovs_cold_database() (
  ovs__context || return 1
  ovs__busy || return 1
  if [ ! -e "$TX/ovs/conf.db.before" ]; then
    cp -a "$OVS_DBFILE" "$TX/ovs/conf.db.copy" && ovs__fsync "$TX/ovs/conf.db.copy" &&
      mv "$TX/ovs/conf.db.copy" "$TX/ovs/conf.db.before" || return 1
  fi
  rm -f "$TX/ovs/conf.db.converted"
  case $2 in
    convert)
      cp -a "$TX/ovs/conf.db.before" "$TX/ovs/conf.db.converted" &&
        ovs__convert "$TX/ovs/conf.db.converted" "$1" "$(cat "$TX/ovs/tables")" || return 1
      ;;
    new)
      ovs__side "$1" || return 1
      timeout 30 "${OVS_ROOT:-}$SIDE_BIN/ovsdb-tool" create "$TX/ovs/conf.db.converted" "${OVS_ROOT:-}$SIDE_SCHEMA" || return 1
      # what was in it may be wanted after all
      cp -a "$TX/ovs/conf.db.before" "$OVS_DBFILE.before-${1##*/}" || return 1
      ;;
  esac
  ovs__database_aside "$TX/ovs/conf.db.converted" || return 1
  ovs__database_in_place || ovs__no "cannot put the database in place"
)

# ovs_cold_start PREFIX: phase: both daemons started under their owner, and nothing left that would keep them from forwarding. The outage ends.
ovs_cold_start() (
  ovs__context || return 1
  ovs__busy || return 1
  ovs__start ovsdb-server "$1" || return 1
  ovs__vsctl --no-wait --if-exists remove Open_vSwitch . other_config flow-restore-wait || return 1
  ovs__start ovs-vswitchd "$1" || return 1
  # stands for both towards other units and runs nothing itself; where daemons went astray from their units it may be inactive
  for unit in $(ovs__units); do
    case $unit in
      openvswitch-switch | openvswitch) [ "$(ovs__show "$unit.service" ActiveState)" = active ] || ovs__job start "$unit" || return 1 ;;
    esac
  done
)

# ovs_cold_verify PREFIX: phase: that release runs under its owner, and a later restart is harmless.
ovs_cold_verify() (
  ovs__context || return 1
  ovs__runs ovsdb-server "$1" && ovs__runs ovs-vswitchd "$1" || return 1
  harm=$(ovs_restart_harmless 2>&1) || ovs__no "$harm" || return 1
  ovs_log_clean
)

# ovs_cold_undo [REBOOTED]: back to what ran before, from any phase, after a kill or a power cut too; safe to repeat. Flows that a stop has lost stay
# lost. REBOOTED, not empty: the boot may still be starting daemons by the very scripts that are about to be moved.
ovs_cold_undo() (
  [ -e "$TX/ovs/captured" ] || return 0
  ovs__begin_undo undo || return 1
  [ -z "${1:-}" ] || ovs__await_boot
  ovs__release_of_before || return 1
  [ -z "${tx_rebooted:-}" ] || ovs__database_of_boot || return 1
  if [ ! -e "$TX/ovs/conf.db.before" ] && ovs__untouched ovsdb-server && ovs__untouched ovs-vswitchd; then return 0; fi
  ovs__cold_stop ovs-vswitchd && ovs__cold_stop ovsdb-server || return 1
  if [ -e "$TX/ovs/conf.db.before" ]; then
    ovs__database_aside "$TX/ovs/conf.db.before" || return 1
    ovs__database_in_place || ovs__no "cannot put the database back" || return 1
  fi
  ovs_cold_start "$ovs__from" || return 1
  ovs__undone
)
