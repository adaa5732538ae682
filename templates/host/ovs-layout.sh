# shellcheck shell=sh
# Who owns the daemons and where their things are. Found from the processes themselves (/proc, pid files, control groups, unit names),
# never from PATH: a second installation on PATH would answer for a release that does not run.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__pids NAME: the process ids with that command name, one a line.
ovs__pids() (
  for dir in "${OVS_ROOT:-}"/proc/[0-9]*; do
    { read -r comm <"$dir/comm"; } 2>/dev/null || continue
    [ "$comm" = "$1" ] && printf '%s\n' "${dir##*/}"
  done
  :
)

# ovs__words PID: its command line, one word a line.
ovs__words() { tr '\000' '\n' <"${OVS_ROOT:-}/proc/$1/cmdline" 2>/dev/null; }

# ovs__option PID NAME: the value of its option `--NAME=value`, or nothing.
ovs__option() { ovs__words "$1" | sed -n "s/^--$2=//p" | head -n 1; }

# ovs__daemon_pid ovs-vswitchd|ovsdb-server: the process that serves the switch; fails if there is none. A host may run more database
# servers (OVN's, a VTEP's): ours is the one that has the Open_vSwitch database. With --monitor two processes share the name: the pid file tells the worker.
ovs__daemon_pid() (
  first=
  for pid in $(ovs__pids "$1"); do
    if [ "$1" = ovsdb-server ]; then
      ovs__words "$pid" | grep -q 'Open_vSwitch\|/conf\.db$' || continue
    fi
    [ -n "$first" ] || first=$pid
    file=$(ovs__option "$pid" pidfile)
    if [ -n "$file" ] && [ "$(cat "${OVS_ROOT:-}$file" 2>/dev/null)" = "$pid" ]; then
      printf '%s\n' "$pid"
      return 0
    fi
  done
  [ -n "$first" ] && printf '%s\n' "$first"
)

# ovs__unit_of PID: the unit or scope whose control group the process is in. cgroup v1 names systemd's own hierarchy, v2 has only one.
ovs__unit_of() {
  awk -F: '
    $2 == "name=systemd" { v1 = $3 } $1 == "0" && $2 == "" { v2 = $3 }
    END {
      n = split(v1 != "" ? v1 : v2, part, "/")
      while (n > 0 && part[n] !~ /\.(service|scope)$/) n--
      if (n > 0) print part[n]
    }' "${OVS_ROOT:-}/proc/$1/cgroup" 2>/dev/null
}

# ovs__in_container PID: whether it belongs to another system than this one: other process ids, or a runtime's control group.
ovs__in_container() {
  ovs__theirs=$(readlink "${OVS_ROOT:-}/proc/$1/ns/pid" 2>/dev/null)
  ovs__ours=$(readlink "${OVS_ROOT:-}/proc/self/ns/pid" 2>/dev/null)
  [ "$ovs__theirs" = "$ovs__ours" ] || return 0
  grep -q 'docker\|libpod\|kubepods\|containerd\|crio\|/lxc' "${OVS_ROOT:-}/proc/$1/cgroup" 2>/dev/null
}

# ovs__owner PID DAEMON: debian | el | bare | container | astray.
# astray = there are units for the daemons, yet the running ones are not theirs (a raw `ovs-ctl restart`): systemd would kill them at
# the next occasion, so nothing may be swapped there before `systemctl restart` has put that right.
ovs__owner() (
  if ovs__in_container "$1"; then
    echo container
    return
  fi
  if ! ovs__systemd || [ "$(ovs__show "$2.service" LoadState)" != loaded ]; then
    case $(ovs__unit_of "$1") in
      # the old packages' own service, which runs an init script: it would stop what it did not start
      openvswitch*.service) echo astray ;;
      *) echo bare ;;
    esac
    return
  fi
  [ "$(ovs__unit_of "$1")" = "$2.service" ] || {
    echo astray
    return
  }
  if [ "$(ovs__show openvswitch-switch.service LoadState)" = loaded ]; then
    echo debian
  elif [ "$(ovs__show openvswitch.service LoadState)" = loaded ]; then
    echo el
  else
    echo astray
  fi
)

# ovs__found_scripts OWNER EXE: the directory of the found release's ovs-ctl: what starts the daemons at boot goes through it.
ovs__found_scripts() (
  case $1 in
    debian | el)
      fragment=$(ovs__show ovs-vswitchd.service FragmentPath)
      sed -n 's/^ExecStart=[-@:+!|]*\([^ ]*\)\/ovs-ctl.*/\1/p' "${OVS_ROOT:-}$fragment" 2>/dev/null | head -n 1
      ;;
    *)
      for dir in "${2%/sbin/*}/share" /usr/local/share /usr/share; do
        case $dir in /opt/ovsfleet/*) continue ;; esac
        [ -x "${OVS_ROOT:-}$dir/openvswitch/scripts/ovs-ctl" ] || continue
        printf '%s\n' "$dir/openvswitch/scripts"
        return
      done
      # none was found there: a fresh installation in a directory of its own, started by the release that the link names
      dir=/opt/ovsfleet/ovs/current/share/openvswitch/scripts
      case $2 in
        /opt/ovsfleet/*) [ ! -x "${OVS_ROOT:-}$dir/ovs-ctl" ] || printf '%s\n' "$dir" ;;
      esac
      ;;
  esac
)

# ovs_layout: prints where things are, one `key=value` a line, equal before and after an upgrade:
#   owner         debian | el | bare | container | astray | none (no daemon of Open vSwitch runs)
#   init          systemd | other
#   rundir        as the daemons spell it, e.g. /var/run/openvswitch (configure a build with the same spelling: sockets and rundir stay equal)
#   db, dbfile    the database as spelled, and the real file behind links
#   dbdir, sysconfdir, localstatedir, logdir   what a build has to be configured with
#   scripts       directory of the found release's ovs-ctl
#   datapaths     netdev, system, or both with a comma between: the kinds of datapath that the bridges use
# With owner=none only `owner` and `init` are printed. Returns 1 when a daemon runs but cannot be understood.
ovs_layout() (
  init=other
  if ovs__systemd; then init=systemd; fi
  vswitchd=$(ovs__daemon_pid ovs-vswitchd) || vswitchd=
  server=$(ovs__daemon_pid ovsdb-server) || server=
  if [ -n "$vswitchd" ]; then
    owner=$(ovs__owner "$vswitchd" ovs-vswitchd)
  elif [ -n "$server" ]; then
    owner=$(ovs__owner "$server" ovsdb-server)
  else
    printf 'owner=none\ninit=%s\n' "$init"
    return 0
  fi
  one=${vswitchd:-$server}
  printf 'owner=%s\ninit=%s\n' "$owner" "$init"
  [ "$owner" != container ] || return 0

  [ -n "$server" ] || ovs__no "ovs-vswitchd runs ($vswitchd) without its database server" || return 1
  db=$(ovs__words "$server" | sed -n '2,$p' | grep '^/' | head -n 1)
  socket=$(ovs__words "$one" | sed -n 's/^unix://p' | head -n 1)
  [ -n "$socket" ] || socket=$(ovs__words "$server" | sed -n 's/^--remote=punix://p' | head -n 1)
  rundir=${socket%/*}
  log=$(ovs__option "$one" log-file)
  if [ -n "$log" ]; then
    logdir=${log%/*}
  else
    logdir=${rundir%/run/openvswitch}/log/openvswitch
  fi
  [ -n "$db" ] && [ -n "$rundir" ] || ovs__no "cannot tell the database or run directory of pid $server" || return 1
  exe=$(readlink "${OVS_ROOT:-}/proc/$one/exe")
  case $db in
    */etc/openvswitch/conf.db) sysconfdir=${db%/openvswitch/conf.db} ;;
    *) # the database was moved (--with-dbdir): system-id.conf stays with the configuration
      sysconfdir=/etc
      for dir in "${exe%/sbin/*}/etc" /usr/local/etc /etc; do
        [ -e "${OVS_ROOT:-}$dir/openvswitch/system-id.conf" ] && sysconfdir=$dir && break
      done
      ;;
  esac
  case $logdir in
    */log/openvswitch) localstatedir=${logdir%/log/openvswitch} ;;
    *) localstatedir=${rundir%/run/openvswitch} ;;
  esac
  printf 'rundir=%s\ndb=%s\ndbfile=%s\ndbdir=%s\n' "$rundir" "$db" "$(readlink -f "${OVS_ROOT:-}$db")" "${db%/*}"
  printf 'sysconfdir=%s\nlocalstatedir=%s\nlogdir=%s\n' "$sysconfdir" "${localstatedir:-/var}" "$logdir"
  printf 'scripts=%s\n' "$(ovs__found_scripts "$owner" "$exe")"
  export OVS_RUNDIR="$rundir"
  OVS_BIN=$(ovs__running_bin) || return 1
  types=$(ovs__vsctl --data=bare --format=csv --no-headings --columns=datapath_type list Bridge 2>/dev/null) || types=unknown
  printf 'datapaths=%s\n' "$(printf '%s\n' "$types" | sed 's/^$/system/; s/"//g' | sort -u | paste -sd, -)"
)

# ovs__build_of EXE: the build it belongs to, or `found` when it is none of ours.
ovs__build_of() {
  case $1 in
    /opt/ovsfleet/ovs/*/*)
      ovs__rest=${1#/opt/ovsfleet/ovs/}
      printf '%s\n' "${ovs__rest%%/*}"
      ;;
    *) echo found ;;
  esac
}

# ovs_daemons: the processes, for a person or a check (this changes at every restart):
#   NAME.pid NAME.exe NAME.unit NAME.mainpid NAME.build for ovsdb-server and ovs-vswitchd; nothing for one that does not run.
ovs_daemons() (
  for name in ovsdb-server ovs-vswitchd; do
    pid=$(ovs__daemon_pid "$name") || continue
    exe=$(readlink "${OVS_ROOT:-}/proc/$pid/exe")
    printf '%s.pid=%s\n%s.exe=%s\n%s.unit=%s\n' "$name" "$pid" "$name" "$exe" "$name" "$(ovs__unit_of "$pid")"
    if ovs__systemd; then printf '%s.mainpid=%s\n' "$name" "$(ovs__show "$name.service" MainPID)"; fi
    printf '%s.build=%s\n' "$name" "$(ovs__build_of "$exe")"
  done
)

# ovs_old_tools: the Open vSwitch programs on a login's PATH that are of another release than the running one, one path a line.
# They are not a fault (a file that a package owns is never overwritten), but a person who types the name should know.
ovs_old_tools() (
  ovs__context || return 1
  running=$(ovs__release_of_tool "$OVS_BIN/ovs-vsctl")
  IFS=:
  for dir in ${OVS_LOGIN_PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}; do
    [ -L "${OVS_ROOT:-}$dir" ] && continue # /bin is /usr/bin on many
    for name in ovs-vsctl ovs-ofctl ovs-appctl ovs-dpctl ovsdb-tool ovsdb-client ovs-vswitchd ovsdb-server; do
      [ -x "${OVS_ROOT:-}$dir/$name" ] || continue
      release=$(ovs__release_of_tool "$dir/$name")
      [ "$release" = "$running" ] || printf '%s %s\n' "$dir/$name" "$release"
    done
  done
)

# ovs__release_of_tool FILE: the version that the program says it is.
ovs__release_of_tool() { timeout 10 "${OVS_ROOT:-}$1" --version 2>/dev/null | awk 'NR == 1 { print $NF }'; }
