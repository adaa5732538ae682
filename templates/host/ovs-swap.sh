# shellcheck shell=sh
# The swap itself: one function a phase, and the way back from any of them. Each returns 0 or not, and says why on stderr.
# All that must outlive a kill is under $TX/ovs, written whole and before the act that it is needed to undo.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; some are read by the other files

# ovs_refusals PREFIX|found: why the daemons cannot be swapped to that release without dropping flows, one sentence a line; nothing when
# they can. Reads only. Returns 1 when it could not find out.
ovs_refusals() (
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
    astray)
      echo 'there are units for the daemons, but the running daemons are not theirs (a raw "ovs-ctl restart"?): systemd would end them; restart the units at a good moment first'
      return 0
      ;;
  esac
  ovs_restart_harmless 2>&1
  waiting=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . other_config:flow-restore-wait) || return 1
  [ -z "$waiting" ] || echo 'other_config:flow-restore-wait is set: a restore is under way, or was left half-way'
  case $1 in
    found)
      ovs__side found
      [ -x "${OVS_ROOT:-}$SIDE_SCRIPTS/ovs-ctl" ] && [ -s "${OVS_ROOT:-}$SIDE_SCHEMA" ] || echo "the release found on this host is gone from $SIDE_SCRIPTS"
      ;;
    *)
      staged=$(ovs_staged "$1")
      [ "$staged" = "${1##*/}" ] || echo "the build ${1##*/} is not staged: $staged"
      if [ "$OVS_OWNER" = bare ] && ! ovs__newer_or_same "$(ovs__release_of_tool "$1/bin/ovs-vsctl")" 2.16; then
        echo 'scripts before 2.16 look for the daemons in the system directories first: at boot this host would start the old ones'
      fi
      ;;
  esac
  :
)

# ovs_capture PREFIX|found: makes ready without changing anything outside $TX: where things are, what runs, the canonical text, the flows,
# and a trial conversion. Refuses (1) when ovs_refusals has a reason or anything could not be read. Never overwrites an earlier capture of
# this transaction: what was captured is the state before the first change.
ovs_capture() (
  [ ! -e "$TX/ovs/captured" ] || return 0
  rm -rf "$TX/ovs"
  mkdir -p "$TX/ovs" && chmod 700 "$TX/ovs" || return 1
  OVS_READY=
  refusals=$(ovs_refusals "$1") || ovs__no "cannot find out how Open vSwitch runs here" || return 1
  [ -z "$refusals" ] || ovs__no "$refusals" || return 1
  ovs__context || return 1
  ovs__note_what_runs "$1" "$OVS_OWNER" || return 1
  ovs_trial_conversion "$1" || return 1
  ovs__note_needs_server || return 1
  ovs_connected >"$TX/ovs/connected" || return 1
  ovs_forwarding >"$TX/ovs/before" || ovs__no "cannot read the forwarding state" || return 1
  ovs__loosened <"$TX/ovs/before" >"$TX/ovs/before.loose" || return 1
  ovs_save "$TX/ovs/flows" || return 1
  ovs__say "captured: $(ovs_forwarding_summary "$TX/ovs/before")"
  : >"$TX/ovs/captured"
)

# ovs__note_what_runs PREFIX|found OWNER: writes down what every change needs to know of before: which tools to use, where things are, whose the daemons
# are from now on, what runs, how it was started, what the links and drop-ins are, what the logs say.
ovs__note_what_runs() {
  ovs__newer_bin "$1" >"$TX/ovs/tools" || return 1
  ovs_layout >"$TX/ovs/layout.found" && sed "s/^owner=.*/owner=$2/" "$TX/ovs/layout.found" >"$TX/ovs/layout.new" || return 1
  ovs_running >"$TX/ovs/ran" || return 1
  ovs__build=$(ovs__key build <"$TX/ovs/ran")
  case $ovs__build in
    found) echo found >"$TX/ovs/from" ;;
    *+*) ovs__no "the two daemons are of two releases: restart them first" || return 1 ;;
    *) echo "/opt/ovsfleet/ovs/$ovs__build" >"$TX/ovs/from" ;;
  esac
  ovs__processes >"$TX/ovs/processes"
  ovs__ctl_options >"$TX/ovs/ctl-options" || return 1
  mv "$TX/ovs/layout.new" "$TX/ovs/layout" || return 1
  OVS_READY=
  ovs__context || return 1
  ovs__tables >"$TX/ovs/tables" || return 1
  ovs__remember_release || return 1
  ovs__note_may_exit "$1" || return 1
  ovs_log_mark >"$TX/ovs/log-mark" && ovs_log_known >"$TX/ovs/log-known"
}

# ovs__processes: the daemons as `NAME PID START`: a process id alone may be used again.
ovs__processes() (
  for name in ovsdb-server ovs-vswitchd; do
    pid=$(ovs__daemon_pid "$name") || continue
    printf '%s %s %s\n' "$name" "$pid" "$(ovs__started "$pid")"
  done
)

# ovs__busy: notes which process works on this transaction now, and ends what a killed one has left running: a shell's own children survive it,
# and would go on with the old phase while the undo is at work.
ovs__busy() {
  [ ! -e "$TX/ovs/busy" ] || ovs__end_leftovers
  rm -f "$TX/ovs/starting"
  # a redirection is opened by this very process, a subshell too, where $$ is that of the main shell
  read -r ovs__me <"${OVS_ROOT:-}/proc/self/stat" || return 1
  ovs__me=${ovs__me%% *}
  ovs__started "$ovs__me" >"$TX/ovs/busy.new" && read -r ovs__since <"$TX/ovs/busy.new" || return 1
  printf '%s %s\n' "$ovs__me" "$ovs__since" >"$TX/ovs/busy"
}

# ovs__started PID: when it was started, as `BOOT:TICKS`: with its number, that is one process for ever. Nothing when there is no such process.
# No process is started for it: it is asked within the outage too. The name, in parentheses, may hold anything.
ovs__started() {
  { read -r ovs__stat <"${OVS_ROOT:-}/proc/$1/stat"; } 2>/dev/null || return 0
  read -r ovs__boot <"${OVS_ROOT:-}/proc/sys/kernel/random/boot_id"
  ovs__stat=${ovs__stat##*) }
  # shellcheck disable=SC2086 # its fields, one a word
  set -- $ovs__stat
  printf '%s:%s\n' "$ovs__boot" "${20}"
}

# ovs__end_leftovers: kills the process of $TX/ovs/busy with all below it. The parent first: it cannot start another then.
ovs__end_leftovers() (
  read -r pid start <"$TX/ovs/busy" || return 0
  [ -n "$start" ] && [ "$(ovs__started "$pid")" = "$start" ] || return 0
  # a phase that is above this very process is at work, not left over
  above=$(exec sh -c 'echo "$PPID"')
  while [ "${above:-1}" -gt 1 ]; do
    [ "$above" != "$pid" ] || return 0
    above=$(sed 's/.*) //' "${OVS_ROOT:-}/proc/$above/stat" 2>/dev/null | cut -d' ' -f2)
  done
  ovs__say "ending the phase that a killed program has left running ($pid)"
  doomed=$pid all=''
  while [ -n "$doomed" ]; do
    next=
    for pid in $doomed; do
      kill -STOP "$pid" 2>/dev/null
      next="$next $(cat "${OVS_ROOT:-}"/proc/[0-9]*/stat 2>/dev/null | awk -v parent="$pid" '{ id = $1; sub(/.*\) /, ""); if ($2 == parent) print id }' | tr '\n' ' ')"
    done
    all="$all $doomed"
    doomed=$(ovs__on_one_line "$next" | tr -s ' ')
    doomed=${doomed# }
    doomed=${doomed% }
  done
  # shellcheck disable=SC2086 # a list of numbers
  kill -KILL $all 2>/dev/null
  :
)

# ovs__untouched DAEMON: whether the daemon that runs is still the very process of before.
ovs__untouched() (
  then=$(grep "^$1 " "$TX/ovs/processes") || return 1
  now=$(ovs__processes | grep "^$1 ") || return 1
  [ "$then" = "$now" ]
)

# ovs_switch_release PREFIX|found: phase 1: drop-ins, links and tools point at the release. No daemon notices.
ovs_switch_release() (
  ovs__context || return 1
  ovs__busy || return 1
  ovs__keep_database || ovs__no "cannot keep a copy of the database" || return 1
  ovs__quiet_restarts || return 1
  case $1 in
    found) ovs__use_found || return 1 ;;
    *) ovs__use "$1" || return 1 ;;
  esac
  ovs__reread_units || ovs__no "systemctl daemon-reload failed" || return 1
  [ "$OVS_OWNER" != bare ] || return 0
  for daemon in ovsdb-server ovs-vswitchd; do
    # a later drop-in of the site may have the last word: better seen now than in the outage
    start=$(ovs__show "$daemon.service" ExecStart)
    case $1,$start in
      found,*path=/opt/ovsfleet/*) ovs__no "$daemon.service still starts a build of ours: $start" || return 1 ;;
      found,*) ;;
      *,*path=/opt/ovsfleet/ovs/current/*) ;;
      *) ovs__no "$daemon.service would still start another release, another drop-in overrides it: $start" || return 1 ;;
    esac
  done
)

# ovs__keep_database: copies the database as it is before the release is switched: should the power be cut between that and its conversion, the
# boot starts the other release, whose scripts convert it by themselves, or put an empty one in its place where they cannot.
ovs__keep_database() {
  [ ! -e "$TX/ovs/conf.db.kept" ] || return 0
  cp -a "$OVS_DBFILE" "$TX/ovs/conf.db.new" && ovs__fsync "$TX/ovs/conf.db.new" && mv "$TX/ovs/conf.db.new" "$TX/ovs/conf.db.kept"
}

# ovs__database_of_boot: after a reboot: that copy is the one to put back, when another release's server has had the database since.
ovs__database_of_boot() {
  [ ! -e "$TX/ovs/conf.db.before" ] && [ -e "$TX/ovs/conf.db.kept" ] || return 0
  ! ovs__runs ovsdb-server "$ovs__from" 2>/dev/null || return 0
  mv "$TX/ovs/conf.db.kept" "$TX/ovs/conf.db.before"
}

# ovs__database_aside FILE: puts a copy of FILE beside the database, on disk, with the owner, mode and label of the database.
ovs__database_aside() {
  cp -a "$1" "$OVS_DBFILE.ovsfleet-new" &&
    chown "$(stat -c %u:%g "$OVS_DBFILE")" "$OVS_DBFILE.ovsfleet-new" &&
    chmod "$(stat -c %a "$OVS_DBFILE")" "$OVS_DBFILE.ovsfleet-new" || return 1
  if [ -e "${OVS_ROOT:-}/sys/fs/selinux/enforce" ]; then chcon --reference="$OVS_DBFILE" "$OVS_DBFILE.ovsfleet-new" 2>/dev/null; fi
  ovs__fsync "$OVS_DBFILE.ovsfleet-new"
}

# ovs__database_in_place: that copy becomes the database, in one rename.
ovs__database_in_place() { mv -f "$OVS_DBFILE.ovsfleet-new" "$OVS_DBFILE"; }

# ovs__convert_ahead PREFIX|found: copies the database file, converts a copy of the copy and puts it beside the database, all while the server
# still runs. If the file has not changed by the time that the server has stopped, a rename is all that is left to do.
ovs__convert_ahead() {
  cp -a "$OVS_DBFILE" "$TX/ovs/conf.db.copy" && ovs__fsync "$TX/ovs/conf.db.copy" &&
    cp -a "$TX/ovs/conf.db.copy" "$TX/ovs/conf.db.converted" || return 1
  ovs__schemas=$(ovs__convert "$TX/ovs/conf.db.converted" "$1" "$(cat "$TX/ovs/tables")") || return 1
  [ ! -e "$TX/rollback/target" ] || ovs__no_more_lost "$TX/ovs/conf.db.copy" "$TX/ovs/conf.db.converted" "$1" || return 1
  ovs__database_aside "$TX/ovs/conf.db.converted" || return 1
  ovs__say "database: schema $ovs__schemas"
}

# ovs_convert_database PREFIX|found: phase 2: flow-restore-wait set (a starting ovs-vswitchd then keeps the datapath's flows and asks nobody; a
# running one ignores it), the database converted and counted on a copy, the database server stopped, its file kept aside, the converted one
# renamed into place, the server of the release started. ovs-vswitchd forwards meanwhile with what it knows; but a userspace datapath
# whose ports have no poll-mode thread rests while there is no server, so whatever can be done before the stop is.
ovs_convert_database() (
  ovs__context || return 1
  ovs__busy || return 1
  ovs__vsctl --no-wait set Open_vSwitch . other_config:flow-restore-wait=true || return 1
  # a file being written may have ended in half a record: once more. What fails twice will fail after the stop too
  ovs__convert_ahead "$1" || ovs__convert_ahead "$1" || return 1
  ovs__clear_failures
  ! ovs__needs_server || return 0
  ovs__stop ovsdb-server "$(cat "$TX/ovs/from")" || return 1
  ovs__new_database "$1" || return 1
  ovs__start ovsdb-server "$1"
)

# ovs__needs_server: whether forwarding rests while there is no database server: so it is on a userspace datapath whose ports have no
# poll-mode thread, which ovs-vswitchd serves in its main loop (bridge_run() returns early while it has no lock on the database). There the
# outage begins with the stop of the server, and both daemons are exchanged together; else one after the other makes the shorter one.
ovs__needs_server() { [ -e "$TX/ovs/needs-server" ]; }

# ovs__note_needs_server: finds that out, while the daemons still run.
ovs__note_needs_server() {
  rm -f "$TX/ovs/needs-server"
  [ "$(ovs__key datapaths <"$TX/ovs/layout")" = netdev ] || return 0
  ovs__types=$(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=type list Interface) || return 1
  case $ovs__types in *dpdk* | *afxdp*) return 0 ;; esac
  : >"$TX/ovs/needs-server"
}

# ovs__note_may_exit PREFIX|found: whether both releases can be asked to exit without deleting their ports.
ovs__note_may_exit() {
  rm -f "$TX/ovs/may-exit"
  for ovs__prefix_or_found in "$(cat "$TX/ovs/from")" "$1"; do
    ovs__side "$ovs__prefix_or_found" || return 1
    ovs__newer_or_same "$(ovs__release_of_tool "$SIDE_BIN/ovs-appctl")" 2.6 || return 0
  done
  : >"$TX/ovs/may-exit"
}

# ovs__new_database PREFIX|found: once the server has stopped: its file kept aside, the converted one in its place.
ovs__new_database() {
  if ! cmp -s "$OVS_DBFILE" "$TX/ovs/conf.db.copy"; then
    ovs__say 'the database was written meanwhile: converting again'
    ovs__convert_ahead "$1" || return 1
  fi
  # from here on the file may have records that the old release cannot read: undo must put this one back
  mv "$TX/ovs/conf.db.copy" "$TX/ovs/conf.db.before" || return 1
  ovs__database_in_place || ovs__no "cannot put the converted database in place"
}

# ovs_restart_switch PREFIX|found: phase 3: ovs-vswitchd stopped and started, each bridge's flows put back as soon as it is there. The outage
# begins here; ovs_restore_flows ends it.
ovs_restart_switch() (
  ovs__context || return 1
  ovs__busy || return 1
  from=$(cat "$TX/ovs/from") || return 1
  if ovs__needs_server; then
    ovs__exchange_both "$from" "$1" || return 1
  else
    # it has stopped long ago where the module was exchanged: to have that said by systemd once more would cost guests half a second
    if [ ! -e "$TX/ovs/module/began" ] || ovs__pid_alive ovs-vswitchd >/dev/null; then
      ovs__stop ovs-vswitchd "$from" || return 1
    fi
    ovs__start_forwarding "$1"
  fi
)

# ovs__exchange_both FROM TO: both daemons of one release stopped at the same time, the database exchanged, both of the other one started: the
# switch as soon as the server listens.
ovs__exchange_both() {
  ovs__stop ovs-vswitchd "$1" &
  ovs__stopping=$!
  ovs__stop ovsdb-server "$1"
  ovs__rc=$?
  wait "$ovs__stopping" && [ "$ovs__rc" = 0 ] || return 1
  ovs__new_database "$2" || return 1
  # of a server that was killed: who finds a socket without a server tries again only a second later
  rm -f "${OVS_ROOT:-}$OVS_RUNDIR/db.sock"
  ovs__start ovsdb-server "$2" &
  ovs__serving=$!
  until [ -S "${OVS_ROOT:-}$OVS_RUNDIR/db.sock" ]; do
    kill -0 "$ovs__serving" 2>/dev/null || break
    sleep 0.02
  done
  [ -S "${OVS_ROOT:-}$OVS_RUNDIR/db.sock" ] || ovs__no "ovsdb-server does not listen" || return 1
  ovs__start_forwarding "$2"
  ovs__rc=$?
  wait "$ovs__serving" && [ "$ovs__rc" = 0 ]
}

# ovs__start_forwarding PREFIX|found: starts ovs-vswitchd, and meanwhile puts back what can be by then: the start returns a good while after that.
ovs__start_forwarding() {
  rm -f "${OVS_ROOT:-}$OVS_RUNDIR"/*.mgmt "$TX/ovs/forwards"
  : >"$TX/ovs/starting"
  ovs__forward_early &
  ovs__restoring=$!
  ovs__start ovs-vswitchd "$1"
  ovs__rc=$?
  rm -f "$TX/ovs/starting"
  wait "$ovs__restoring" && [ "$ovs__rc" = 0 ]
}

# ovs__forward_early: the flows of the bridges without a controller, each as soon as it is there. Where the module was exchanged the datapath has no flows
# of before to go on with, and nothing is forwarded until the flag is cleared: then all of it, and the internal ports, which guests' tunnels may go over.
# What fails of that is done again by the phases that it belongs to.
ovs__forward_early() {
  ovs_restore "$TX/ovs/flows" uncontrolled || return 1
  [ -e "$TX/ovs/module/began" ] || return 0
  ovs_interfaces_restore "$TX/ovs/module/interfaces" &
  ovs__ports=$!
  if ovs__flows_on; then : >"$TX/ovs/forwards"; fi
  wait "$ovs__ports"
  return 0
}

# ovs_restore_flows: phase 4: flow-restore-wait cleared, and flows put back where a controller is set: while the flag is set
# ovs-vswitchd configures no controllers, so clearing it takes their number from none to some, and then it flushes the bridge (connmgr.c).
# For that reason those bridges are left out of the first round. Clearing waits until ovs-vswitchd has reconfigured, that is, has flushed.
ovs_restore_flows() (
  ovs__context || return 1
  ovs__busy || return 1
  [ -e "$TX/ovs/forwards" ] || ovs__flows_on
)

ovs__flows_on() {
  ovs__say 'clearing flow-restore-wait'
  ovs__clear_flag || return 1
  ovs_restore "$TX/ovs/flows" controlled || return 1
  ovs__say 'flows restored'
}

# ovs__clear_flag: clears flow-restore-wait and waits until ovs-vswitchd has taken notice. When it was not set there is nothing to wait for.
ovs__clear_flag() {
  ovs__vsctl --if-exists remove Open_vSwitch . other_config flow-restore-wait
}

# ovs__equal FILE MODE: waits until the canonical text is that of FILE (ports take a moment to come up), at most 10 s but three readings, however
# long a reading takes; then says what differs. By the time since boot: the clock may be set meanwhile.
ovs__equal() (
  tries=0
  until=$(($(cut -d. -f1 /proc/uptime) + 10))
  until ovs_forwarding "$2" >"$TX/ovs/now" 2>/dev/null && cmp -s "$1" "$TX/ovs/now"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 3 ] && [ "$(cut -d. -f1 /proc/uptime)" -ge "$until" ]; then
      ovs__say "what forwards has changed (- before, + now):"
      diff "$1" "$TX/ovs/now" | sed -n 's/^</-/p; s/^>/+/p' | head -n 40 >&2
      return 1
    fi
    sleep 0.3
  done
)

# ovs_verify PREFIX|found [loose]: the release runs under its owner, a later restart is harmless, the canonical text is that of before, and
# flow-restore-wait is not set.
ovs_verify() (
  ovs__context || return 1
  ovs__runs ovsdb-server "$1" && ovs__runs ovs-vswitchd "$1" || return 1
  harm=$(ovs_restart_harmless 2>&1) || ovs__no "$harm" || return 1
  case ${2:-strict} in
    strict) ovs__equal "$TX/ovs/before" strict || return 1 ;;
    *) ovs__equal "$TX/ovs/before.loose" loose || return 1 ;;
  esac
  [ "$1" = found ] || [ "$(readlink "${OVS_ROOT:-}/opt/ovsfleet/ovs/current")" = "${1##*/}" ] || ovs__no "/opt/ovsfleet/ovs/current is not $1"
)

# ovs__database_back PREFIX|found: the database server of that release again, with the file of before if the other release has had it.
ovs__database_back() {
  if [ -e "$TX/ovs/conf.db.before" ]; then ovs__database_aside "$TX/ovs/conf.db.before" || return 1; fi
  ovs__stop ovsdb-server "$1" || return 1
  if [ -e "$TX/ovs/conf.db.before" ]; then
    ovs__say 'putting the database back'
    ovs__database_in_place || ovs__no "cannot put $TX/ovs/conf.db.before back" || return 1
  fi
  ovs__start ovsdb-server "$1"
}

# ovs_undo: back to what ran before, from any phase, after a kill or a power cut too; safe to repeat. What was not touched is left alone: a
# daemon that is still the process of before is not restarted. The database is put back only if the other release has had it.
ovs_undo() (
  [ -e "$TX/ovs/captured" ] || return 0
  ovs__begin_undo undo || return 1
  ovs__release_of_before || return 1
  touched=
  ovs__untouched ovs-vswitchd || touched=yes
  # Before the database is put back: the new ovs-vswitchd would connect again, and write what it has into the restored one.
  if [ -n "$touched" ]; then ovs__stop ovs-vswitchd "$ovs__from" || return 1; fi
  if [ -e "$TX/ovs/conf.db.before" ] || ! ovs__untouched ovsdb-server; then
    ovs__database_back "$ovs__from" || return 1
  fi
  if [ -z "$touched" ]; then
    rm -f "$OVS_DBFILE.ovsfleet-new"
    ovs__clear_flag || return 1
  else
    ovs__vsctl --no-wait set Open_vSwitch . other_config:flow-restore-wait=true || return 1
    ovs__start_forwarding "$ovs__from" || return 1
    [ -e "$TX/ovs/forwards" ] || ovs__flows_on || return 1
  fi
  ovs__undone
)

# ovs__begin_undo WHY: sets `ovs__from`, the release to go back to, and which tools to use.
ovs__begin_undo() {
  ovs__context || return 1
  ovs__busy || return 1
  ovs__from=$(cat "$TX/ovs/from") || return 1
  # the tools of a build that turned out bad are no help
  timeout 10 "$OVS_BIN/ovs-vsctl" --version >/dev/null 2>&1 || { ovs__side "$ovs__from" && OVS_BIN=$SIDE_BIN; }
  ovs__say "$1: back to $ovs__from"
}

# ovs__release_of_before: links, drop-ins and scripts as they were; no daemon is touched.
ovs__release_of_before() {
  ovs__quiet_restarts
  ovs__put_back_release || ovs__no "cannot put links and drop-ins back" || return 1
  ovs__reread_units || return 1
  ovs__clear_failures
}

# ovs__undone: what runs now is what ran before: undoing once more finds nothing to do, and costs no second outage.
ovs__undone() {
  ovs__processes >"$TX/ovs/processes.new" && mv "$TX/ovs/processes.new" "$TX/ovs/processes" || return 1
  [ ! -e "$TX/ovs/conf.db.before" ] || mv "$TX/ovs/conf.db.before" "$TX/ovs/conf.db.put-back"
}

# ovs_verify_undone [loose]: what ran before runs again, and forwards as before.
ovs_verify_undone() {
  [ -e "$TX/ovs/captured" ] || return 0
  ovs_verify "$(cat "$TX/ovs/from")" "${1:-strict}"
}

# ovs_settle_boot: after a reboot in the middle of a swap: the flag is still in the database, so the host is dark, and whichever release the
# drop-ins named was started. Goes back to the release of before. Flows are put back only on bridges that nobody has programmed since the
# boot: where a controller or a boot script was faster, theirs are newer. Compare with `ovs_verify_undone loose` afterwards.
ovs_settle_boot() (
  [ -e "$TX/ovs/captured" ] || return 0
  ovs__begin_undo 'after a reboot' || return 1
  ovs__await_boot
  ovs__release_of_before || return 1
  ovs__database_of_boot || return 1
  other=
  ovs__runs ovs-vswitchd "$ovs__from" || other=yes
  if [ -n "$other" ]; then ovs__stop ovs-vswitchd "$ovs__from" || return 1; fi
  if [ -e "$TX/ovs/conf.db.before" ] || ! ovs__runs ovsdb-server "$ovs__from"; then
    ovs__database_back "$ovs__from" || return 1
  fi
  if [ -n "$other" ]; then
    ovs__vsctl --no-wait --if-exists remove Open_vSwitch . other_config flow-restore-wait
    ovs__start ovs-vswitchd "$ovs__from" || return 1
  fi
  ovs__clear_flag || return 1
  ovs__restore_unprogrammed || return 1
  ovs__undone
)

# ovs__await_boot: waits until the boot is through, that is, until systemd runs no other job: what starts the daemons of a bare host (rc.local,
# somebody's own unit) is not ordered with us, and the directory of its scripts is about to move; and what uses them would fail when they are
# stopped under its hands. Three looks in a row, since between the end of one job and the beginning of the one that waited for it there may be none.
# At most a minute: something may be waiting for the very network that is dark; and where it is dark, and systemd has started the daemons, five seconds.
ovs__await_boot() {
  ovs__systemd || return 0
  ovs__patience=60
  if [ "$OVS_OWNER" != bare ]; then
    ovs__flag=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . other_config:flow-restore-wait) && [ -z "$ovs__flag" ] || ovs__patience=5
  fi
  read -r ovs__up _ </proc/uptime
  ovs__ends=$((${ovs__up%.*} + ovs__patience))
  ovs__quiet=0
  while :; do
    if timeout 10 systemctl list-jobs --no-legend 2>/dev/null | grep -v ' ovsfleet-tx-' | grep -q ' running *$'; then
      ovs__quiet=0
    else
      ovs__quiet=$((ovs__quiet + 1))
    fi
    read -r ovs__up _ </proc/uptime
    [ "$ovs__quiet" -lt 3 ] && [ "${ovs__up%.*}" -lt "$ovs__ends" ] || return 0
    sleep 0.3
  done
}

# ovs__restore_unprogrammed: puts flows back on the bridges that have none but the default one.
ovs__restore_unprogrammed() (
  rm -rf "$TX/ovs/flows.boot"
  mkdir "$TX/ovs/flows.boot" || return 1
  : >"$TX/ovs/flows.boot/bridges"
  while read -r bridge version controlled; do
    flows=$(ovs__dump flows "$version" "$bridge") || return 1
    case $(printf '%s\n' "$flows" | sed -e '/^$/d' -e 's/cookie=0x0, *//' -e 's/table=0, *//' -e '/^priority=0 actions=NORMAL$/d') in
      '')
        echo "$bridge $version $controlled" >>"$TX/ovs/flows.boot/bridges"
        cp "$TX/ovs/flows/$bridge".* "$TX/ovs/flows.boot/" || return 1
        ;;
      *) ovs__say "bridge $bridge has been programmed since the boot: left alone" ;;
    esac
  done <"$TX/ovs/flows/bridges"
  ovs_restore "$TX/ovs/flows.boot"
)

# ovs_finish: the end, whatever the outcome: systemd may restart the daemons by itself again; a swap that is kept is written down. Safe to repeat.
ovs_finish() (
  if [ -e "$TX/ovs/layout" ] && ovs__context; then
    rm -f "$OVS_DBFILE.ovsfleet-new"
    ovs__note_swap
  fi
  ovs__normal_restarts
)
