# shellcheck shell=sh
# Starting the daemons where they do not run: under their units, by the release's own ovs-ctl, or one by one by hand; with the host's system id whatever happens, since
# a start without one empties it in the database. Every command has a limit on its time.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__installed_scripts: the directory of the ovs-ctl that would start the daemons: of the build in use, of the units, of an installation; nothing without any.
ovs__installed_scripts() (
  fragment='' named=''
  ! ovs__systemd || fragment=$(ovs__show ovs-vswitchd.service FragmentPath)
  [ -z "$fragment" ] || named=$(sed -n 's/^ExecStart=[-@:+!|]*\([^ ]*\)\/ovs-ctl.*/\1/p' "${OVS_ROOT:-}$fragment" 2>/dev/null | head -n 1)
  for dir in /opt/ovsfleet/ovs/current/share/openvswitch/scripts "$named" /usr/local/share/openvswitch/scripts /usr/share/openvswitch/scripts; do
    if [ -n "$dir" ] && [ -x "${OVS_ROOT:-}$dir/ovs-ctl" ]; then
      printf '%s\n' "$dir"
      return 0
    fi
  done
  return 1
)

# ovs__start_context: START_SCRIPTS, START_BIN, START_SBIN, START_SCHEMA, START_RUNDIR, START_DB, START_LOGDIR, START_ETC of the installed release, as its own ovs-lib has them.
ovs__start_context() {
  START_SCRIPTS=$(ovs__installed_scripts) || ovs__no 'there is no Open vSwitch installed here (no ovs-ctl)' || return 1
  ovs__lib=${OVS_ROOT:-}$START_SCRIPTS/ovs-lib
  START_RUNDIR=$(ovs__lib_value OVS_RUNDIR) START_LOGDIR=$(ovs__lib_value OVS_LOGDIR) START_ETC=$(ovs__lib_value OVS_SYSCONFDIR)
  ovs__dbdir=$(sed -n "s/^ *dbdir='\([^']*\)'.*/\1/p" "$ovs__lib" | head -n 1)
  START_BIN=$(ovs__lib_value OVS_BINDIR) START_SBIN=$(ovs__lib_value OVS_SBINDIR)
  [ -n "$START_RUNDIR" ] && [ -n "$START_BIN" ] || ovs__no "cannot tell the directories of $START_SCRIPTS/ovs-lib" || return 1
  [ -n "$ovs__dbdir" ] || ovs__dbdir=$START_ETC/openvswitch
  START_DB=$ovs__dbdir/conf.db
  START_SCHEMA=${START_SCRIPTS%/scripts}/vswitch.ovsschema
  OVS_BIN=$START_BIN OVS_RUNDIR=$START_RUNDIR
  export OVS_BIN OVS_RUNDIR
}

# ovs__lib_value NAME: the default that ovs-lib has for that variable: NAME-'VALUE' in braces. Read, not run.
ovs__lib_value() { sed -n "s/^[a-z]*=\${$1-'\([^']*\)'}.*/\1/p" "$ovs__lib" 2>/dev/null | head -n 1; }

# ovs_start_objections auto|systemd|ovs-ctl|by-hand: why the daemons cannot be started so, one sentence a line.
ovs_start_objections() (
  layout=$(ovs_layout 2>&1) || layout="owner=odd"
  case $(printf '%s\n' "$layout" | ovs__key owner) in
    container)
      echo 'the daemons run in containers: start those'
      return 0
      ;;
    astray) echo 'there are units for the daemons, but the running daemons are not theirs: systemd would end them; see ovsfleet run playbooks/verify.ts' ;;
  esac
  ovs__installed_scripts >/dev/null || echo 'there is no Open vSwitch installed here'
  if [ "$1" = systemd ] && ! ovs__has_units; then echo 'there are no units for the daemons here: -e by=ovs-ctl'; fi
  case $1 in
    ovs-ctl | by-hand) ! ovs__has_units || echo "there are units for the daemons here, which would not know of daemons started by themselves: -e by=systemd" ;;
  esac
)

ovs__has_units() { ovs__systemd && [ "$(ovs__show ovs-vswitchd.service LoadState)" = loaded ]; }

# ovs_daemons_started both|database|switch ID: the record of what runs and answers: `ovsdb-server=`, `ovs-vswitchd=` (runs, stopped, does not answer), `system-id=` (set; what is
# the matter with it, or that it is not ID, if that is given; unknown without a database server).
ovs_daemons_started() (
  server=stopped switch=stopped
  if ovs__daemon_pid ovsdb-server >/dev/null; then server=runs; fi
  if ovs__daemon_pid ovs-vswitchd >/dev/null; then switch=runs; fi
  id='unknown'
  if [ "$server" = runs ] && ovs__start_context 2>/dev/null; then
    OVS_RUNDIR=$(ovs__running_rundir)
    if id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id 2>/dev/null | tr -d '"'); then
      kept=$(cat "${OVS_ROOT:-}$START_ETC/openvswitch/system-id.conf" 2>/dev/null)
      if [ -z "$id" ]; then
        id=empty
      elif [ -n "$kept" ] && [ "$kept" != "$id" ]; then
        id="$id, but system-id.conf says $kept"
      elif [ -z "$2" ] || [ "$id" = "$2" ]; then
        id='set'
      fi
    else
      server='does not answer'
    fi
    if [ "$switch" = runs ]; then
      pid=$(ovs__daemon_pid ovs-vswitchd)
      ovs__appctl -t "$OVS_RUNDIR/ovs-vswitchd.$pid.ctl" version >/dev/null 2>&1 || switch='does not answer'
    fi
  fi
  case $1 in both | database) printf 'ovsdb-server=%s\n' "$server" ;; esac
  case $1 in both | switch) printf 'ovs-vswitchd=%s\n' "$switch" ;; esac
  printf 'system-id=%s\n' "$id"
)

# ovs__running_rundir: where the running server has its socket; where the installed release would have it when that cannot be told.
ovs__running_rundir() (
  pid=$(ovs__daemon_pid ovsdb-server) && socket=$(ovs__words "$pid" | sed -n 's/^--remote=punix://p' | head -n 1)
  [ -n "${socket:-}" ] || socket=$START_RUNDIR/db.sock
  printf '%s\n' "${socket%/*}"
)

# ovs__id_of_host WANTED: the system id that this host shall have: the wanted one; else that of system-id.conf; else that of the database on disk; else a new one (made by the
# kernel: uuidgen is not on every host, and ovs-ctl goes on without).
ovs__id_of_host() (
  id=$1
  [ -n "$id" ] || id=$(cat "${OVS_ROOT:-}$START_ETC/openvswitch/system-id.conf" 2>/dev/null)
  if [ -z "$id" ] && [ -s "${OVS_ROOT:-}$START_DB" ] && ! ovs__daemon_pid ovsdb-server >/dev/null; then
    id=$(timeout 30 "${OVS_ROOT:-}$START_BIN/ovsdb-tool" query "${OVS_ROOT:-}$START_DB" '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["external_ids"]}]' 2>/dev/null |
      sed -n 's/.*\["system-id","\([^"]*\)"\].*/\1/p')
  fi
  [ -n "$id" ] || read -r id <"${OVS_ROOT:-}/proc/sys/kernel/random/uuid"
  printf '%s\n' "$id"
)

# ovs__keep_id ID: in the database and in system-id.conf, from where every later start takes it.
ovs__keep_id() {
  ovs__file=${OVS_ROOT:-}$START_ETC/openvswitch/system-id.conf
  [ "$(cat "$ovs__file" 2>/dev/null)" = "$1" ] || printf '%s\n' "$1" | ovs__put "$ovs__file" || return 1
  ovs__vsctl --no-wait set Open_vSwitch . "external_ids:system-id=$1"
}

# ovs__detached COMMAND...: in a scope of its own: a daemon started from a session's control group would be ended with it.
ovs__detached() {
  if ovs__systemd; then
    timeout 180 systemd-run --quiet --scope --description='Open vSwitch, started by ovsfleet' "$@" </dev/null
  else
    timeout 180 setsid "$@" </dev/null
  fi
}

# ovs__database_fits: whether the database could be converted to the schema of the installed release, tried on a copy: ovs-ctl goes on with an empty one where it cannot.
ovs__database_fits() (
  [ -s "${OVS_ROOT:-}$START_DB" ] && ! ovs__daemon_pid ovsdb-server >/dev/null || return 0
  need=$(timeout 30 "${OVS_ROOT:-}$START_BIN/ovsdb-tool" needs-conversion "${OVS_ROOT:-}$START_DB" "${OVS_ROOT:-}$START_SCHEMA") ||
    ovs__no "the database $START_DB cannot be read: put a backup in its place, or move it away" || return 1
  [ "$need" != no ] || return 0
  copy=$(mktemp) || return 1
  cp "${OVS_ROOT:-}$START_DB" "$copy" && timeout 240 "${OVS_ROOT:-}$START_BIN/ovsdb-tool" convert "$copy" "${OVS_ROOT:-}$START_SCHEMA"
  code=$?
  rm -f "$copy" "$copy".*lock* 2>/dev/null
  [ "$code" = 0 ] || ovs__no "the database $START_DB cannot be converted to the schema of this release, so a start would make an empty one: convert or move it first"
)

# ovs_start HOW WHICH SYSTEM_ID: phase: starts what does not run. HOW: auto, systemd, ovs-ctl, by-hand; WHICH: both, database, switch.
ovs_start() (
  ovs__start_context || return 1
  ovs__database_fits || return 1
  id=$(ovs__id_of_host "$3") || return 1
  how=$1
  if [ "$how" = auto ]; then
    if ovs__has_units; then how=systemd; else how=ovs-ctl; fi
  fi
  ovs__say "starting $2 by $how, system id $id"
  case $how in
    systemd) ovs__start_units "$2" "$id" ;;
    ovs-ctl) ovs__start_ctl "$2" "$id" ;;
    by-hand) ovs__start_by_hand "$2" "$id" ;;
  esac || return 1
  ! ovs__daemon_pid ovsdb-server >/dev/null || ovs__keep_id "$id"
)

# ovs__start_units WHICH ID: the unit over both, or one of the two. system-id.conf first: the units say --system-id=random, which reads it.
ovs__start_units() {
  printf '%s\n' "$2" | ovs__put "${OVS_ROOT:-}$START_ETC/openvswitch/system-id.conf" || return 1
  case $1 in
    both)
      ovs__unit=openvswitch
      [ "$(ovs__show openvswitch-switch.service LoadState)" != loaded ] || ovs__unit=openvswitch-switch
      # the unit over both may count as active while a daemon of it has died
      timeout 330 systemctl start ovsdb-server.service ovs-vswitchd.service "$ovs__unit.service"
      ;;
    database) timeout 330 systemctl start ovsdb-server.service ;;
    switch) timeout 330 systemctl start ovs-vswitchd.service ;;
  esac || ovs__no "systemd could not start it: $(timeout 10 journalctl -q -n 3 -o cat -u ovsdb-server -u ovs-vswitchd 2>/dev/null | tr '\n' ' ')"
}

# ovs__start_ctl WHICH ID: its own programs first on PATH: releases before 2.16 would take the system's.
ovs__start_ctl() (
  PATH=$START_SBIN:$START_BIN:$PATH
  export PATH
  case $1 in
    both) only='' ;;
    database) only=--no-ovs-vswitchd ;;
    switch) only=--no-ovsdb-server ;;
  esac
  ovs__detached "${OVS_ROOT:-}$START_SCRIPTS/ovs-ctl" "--system-id=$2" ${only:+"$only"} start
)

# ovs__start_by_hand WHICH ID: the sequence of OVS Documentation/intro/install/general.rst; the options for SSL where this release was built with it.
ovs__start_by_hand() (
  mkdir -p "${OVS_ROOT:-}${START_DB%/*}" "${OVS_ROOT:-}$START_RUNDIR" "${OVS_ROOT:-}$START_LOGDIR" || return 1
  if [ "$1" != switch ] && ! ovs__daemon_pid ovsdb-server >/dev/null; then
    [ -e "${OVS_ROOT:-}$START_DB" ] || timeout 30 "${OVS_ROOT:-}$START_BIN/ovsdb-tool" create "${OVS_ROOT:-}$START_DB" "${OVS_ROOT:-}$START_SCHEMA" || return 1
    set -- "$1" "$2" "$START_DB" "--remote=punix:$START_RUNDIR/db.sock" --remote=db:Open_vSwitch,Open_vSwitch,manager_options
    if timeout 10 "${OVS_ROOT:-}$START_SBIN/ovsdb-server" --help 2>/dev/null | grep -q -e --private-key; then
      set -- "$@" --private-key=db:Open_vSwitch,SSL,private_key --certificate=db:Open_vSwitch,SSL,certificate --bootstrap-ca-cert=db:Open_vSwitch,SSL,ca_cert
    fi
    which=$1 id=$2
    shift 2
    ovs__detached "${OVS_ROOT:-}$START_SBIN/ovsdb-server" "$@" "--pidfile=$START_RUNDIR/ovsdb-server.pid" --detach "--log-file=$START_LOGDIR/ovsdb-server.log" || return 1
    ovs__vsctl --no-wait init -- set Open_vSwitch . "external_ids:system-id=$id" || return 1
    set -- "$which"
  fi
  if [ "$1" != database ] && ! ovs__daemon_pid ovs-vswitchd >/dev/null; then
    # without the module only bridges of the userspace datapath work: that is for the bridges to say
    [ -d "${OVS_ROOT:-}/sys/module/openvswitch" ] || timeout 60 modprobe openvswitch || ovs__say 'there is no kernel module openvswitch here'
    ovs__detached "${OVS_ROOT:-}$START_SBIN/ovs-vswitchd" "unix:$START_RUNDIR/db.sock" "--pidfile=$START_RUNDIR/ovs-vswitchd.pid" --detach "--log-file=$START_LOGDIR/ovs-vswitchd.log" || return 1
  fi
)

# ovs_start_proof: phase: a bridge with a port is made, has its numbers, speaks, and is taken away again, whichever way that ends. Only where both daemons run.
ovs_start_proof() (
  ovs__daemon_pid ovs-vswitchd >/dev/null && ovs__daemon_pid ovsdb-server >/dev/null || return 0
  ovs__start_context || return 1
  OVS_RUNDIR=$(ovs__running_rundir)
  bridge=ovsfl-proof
  kind=netdev
  [ ! -d "${OVS_ROOT:-}/sys/module/openvswitch" ] || kind=system
  trap 'ovs__vsctl --if-exists del-br "$bridge" >/dev/null 2>&1' EXIT
  ovs__vsctl --if-exists del-br "$bridge" -- add-br "$bridge" -- set Bridge "$bridge" "datapath_type=$kind" fail_mode=secure -- \
    add-port "$bridge" ovsfl-port -- set Interface ovsfl-port type=internal || ovs__no "a bridge cannot be made" || return 1
  number=$(ovs__vsctl get Interface ovsfl-port ofport) || return 1
  case $number in [1-9]*) ;; *) ovs__no "a port of a new bridge gets no number: $(ovs__vsctl get Interface ovsfl-port error)" || return 1 ;; esac
  ovs__ofctl show "$bridge" >/dev/null || ovs__no 'a new bridge does not speak OpenFlow' || return 1
  ovs__vsctl del-br "$bridge" || return 1
  ovs__say "a bridge of datapath $kind and a port were made and taken away"
)
