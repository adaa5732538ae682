# shellcheck shell=sh
# Which release the host's own units, links and scripts start, and starting and stopping the daemons under their owner.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; some are read by the other files

# ovs__units: the units that name a script of Open vSwitch, without `.service`; nothing on a bare host.
ovs__units() {
  case $OVS_OWNER in
    debian) echo ovsdb-server ovs-vswitchd openvswitch-switch ovs-record-hostname ;;
    el) echo ovsdb-server ovs-vswitchd openvswitch ovs-delete-transient-ports ;;
  esac
}

# ovs__dropin_text UNIT: the drop-in that makes the unit use /opt/ovsfleet/ovs/current: its own Exec lines, word for word, with only the
# directory of the script replaced, so that every distribution's arguments stay what they are. Read from `systemctl cat`, since
# `systemctl show` has lost the quotes. Lines of our own earlier drop-ins are left out.
# PATH is for releases before 2.16: their scripts look for the daemons in the system's directories first.
ovs__dropin_text() {
  ovs__cat=$(timeout 10 systemctl cat "$1.service" 2>/dev/null) || return 1
  printf '%s\n' "$ovs__cat" | awk '
    /^# \// { ours = /ovsfleet/; section = ""; next }
    ours || /^[ \t]*[#;]/ { next }
    { if (line != "") sub(/^[ \t]+/, ""); line = line $0; if (sub(/[ \t]*\\$/, " ", line)) next; $0 = line; line = "" }
    /^\[/ { section = $0; next }
    section == "[Service]" && /^Exec[A-Za-z]*[ \t]*=/ {
      key = $0; sub(/[ \t]*=.*/, "", key)
      value = $0; sub(/^[^=]*=[ \t]*/, "", value)
      if (value == "") { count[key] = 0; ours_too[key] = 0; next }
      if (!(key in count)) { order[++keys] = key; count[key] = 0 }
      if (match(value, /^[-@:+!|]*[^ \t]*\/openvswitch\/scripts\/ovs-[a-z-]+/)) {
        program = substr(value, 1, RLENGTH); rest = substr(value, RLENGTH + 1)
        prefix = program; sub(/[^-@:+!|].*/, "", prefix)
        name = program; sub(/.*\//, "", name)
        home = (name == "ovs-systemd-reload") ? "/opt/ovsfleet/lib/" : "/opt/ovsfleet/ovs/current/share/openvswitch/scripts/"
        value = prefix home name rest; ours_too[key] = 1
      }
      list[key, ++count[key]] = value
    }
    END {
      print "[Service]"
      print "Environment=PATH=/opt/ovsfleet/ovs/current/sbin:/opt/ovsfleet/ovs/current/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
      for (k = 1; k <= keys; k++) {
        key = order[k]
        if (!ours_too[key]) continue
        print key "="
        for (i = 1; i <= count[key]; i++) print key "=" list[key, i]
        any = 1
      }
      if (!any) exit 1
    }'
}

# ovs__reload_text: what `systemctl reload` of the umbrella unit runs. The packages ship such a script and `make install` does not.
ovs__reload_text() {
  cat <<'EOF'
#!/bin/sh
# Written by ovsfleet: saves the flows, restarts both daemons under their units, restores the flows.
current=/opt/ovsfleet/ovs/current
PATH=$current/sbin:$current/bin:$PATH
export PATH
dir0=$current/share/openvswitch/scripts
. "$dir0/ovs-lib" || exit 1
stop_ovsdb() { systemctl --job-mode=ignore-dependencies stop ovsdb-server; }
start_ovsdb() { systemctl --job-mode=ignore-dependencies start ovsdb-server; }
stop_forwarding() { systemctl --job-mode=ignore-dependencies stop ovs-vswitchd; }
start_forwarding() { systemctl --job-mode=ignore-dependencies start ovs-vswitchd; }
add_managers() { :; }
if [ "${1:-}" = force-reload-kmod ]; then force_reload_kmod; else restart; fi
EOF
}

# ovs__link TARGET LINK: makes or moves a symbolic link in one rename.
ovs__link() {
  rm -f "$2.ovsfleet-new" && ln -s "$1" "$2.ovsfleet-new" && mv -T -f "$2.ovsfleet-new" "$2"
}

# ovs__tool_links: the links of the tools, as `LINK TARGET` lines.
ovs__tool_links() {
  for ovs__tool in ovs-vsctl ovs-ofctl ovs-appctl ovs-dpctl ovs-pki ovsdb-tool ovsdb-client vtep-ctl; do
    echo "/usr/local/bin/$ovs__tool /opt/ovsfleet/ovs/current/bin/$ovs__tool"
  done
  for ovs__tool in ovs-vswitchd ovsdb-server; do
    echo "/usr/local/sbin/$ovs__tool /opt/ovsfleet/ovs/current/sbin/$ovs__tool"
  done
}

# ovs__use PREFIX: makes a staged release the one that the host starts: now and at boot. Only files and links; no daemon is touched.
ovs__use() {
  mkdir -p "${OVS_ROOT:-}/opt/ovsfleet/ovs" || return 1
  ovs__link "${1##*/}" "${OVS_ROOT:-}/opt/ovsfleet/ovs/current" || ovs__no "cannot switch /opt/ovsfleet/ovs/current" || return 1
  ovs__reload_text | ovs__put "${OVS_ROOT:-}/opt/ovsfleet/lib/ovs-systemd-reload" 755 || return 1
  for ovs__unit in $(ovs__units); do
    # of the four only these two must be there
    if ! ovs__text=$(ovs__dropin_text "$ovs__unit"); then
      case $ovs__unit in ovsdb-server | ovs-vswitchd) ovs__no "cannot tell how $ovs__unit.service starts" || return 1 ;; esac
      continue
    fi
    printf '# Written by ovsfleet: starts the release that /opt/ovsfleet/ovs/current points at.\n%s\n' "$ovs__text" |
      ovs__put "${OVS_ROOT:-}/etc/systemd/system/$ovs__unit.service.d/50-ovsfleet.conf" || return 1
  done
  if [ "$OVS_OWNER" = bare ] && ovs__scripts_found && [ ! -L "${OVS_ROOT:-}$OVS_SCRIPTS" ]; then
    # what starts the daemons at boot calls this directory's ovs-ctl; a directory cannot be replaced by a link in one step
    mv -T "${OVS_ROOT:-}$OVS_SCRIPTS" "${OVS_ROOT:-}$OVS_SCRIPTS.before-ovsfleet" || return 1
    ovs__link /opt/ovsfleet/ovs/current/share/openvswitch/scripts "${OVS_ROOT:-}$OVS_SCRIPTS" || return 1
  fi
  ovs__tool_links | while read -r ovs__name ovs__target; do
    # never over a file or a link that is not ours
    if [ ! -e "${OVS_ROOT:-}$ovs__name" ] && [ ! -L "${OVS_ROOT:-}$ovs__name" ]; then
      mkdir -p "${OVS_ROOT:-}${ovs__name%/*}" && ovs__link "$ovs__target" "${OVS_ROOT:-}$ovs__name"
    fi
  done
}

# ovs__scripts_found: whether the scripts are those of a release that was found on the host: ours are reached by the link, and stay where they are.
ovs__scripts_found() { case $OVS_SCRIPTS in /opt/ovsfleet/*) return 1 ;; esac; }

# ovs__use_found: makes the release found on the host the one that it starts, as if we had never been there.
ovs__use_found() {
  ovs__scripts_back || return 1
  for ovs__unit in $(ovs__units); do
    rm -f "${OVS_ROOT:-}/etc/systemd/system/$ovs__unit.service.d/50-ovsfleet.conf" || return 1
    rmdir "${OVS_ROOT:-}/etc/systemd/system/$ovs__unit.service.d" 2>/dev/null
  done
  ovs__tool_links | while read -r ovs__name ovs__target; do
    [ "$(readlink "${OVS_ROOT:-}$ovs__name")" != "$ovs__target" ] || rm -f "${OVS_ROOT:-}$ovs__name"
  done
  rm -f "${OVS_ROOT:-}/opt/ovsfleet/ovs/current"
}

# ovs__scripts_back: on a bare host, the found scripts in their place again.
ovs__scripts_back() {
  [ -d "${OVS_ROOT:-}$OVS_SCRIPTS.before-ovsfleet" ] || return 0
  if [ -L "${OVS_ROOT:-}$OVS_SCRIPTS" ]; then rm -f "${OVS_ROOT:-}$OVS_SCRIPTS"; fi
  mv -T "${OVS_ROOT:-}$OVS_SCRIPTS.before-ovsfleet" "${OVS_ROOT:-}$OVS_SCRIPTS"
}

# ovs__remember_release: writes down what ovs__use is going to change, once, so that ovs__put_back_release can put exactly that back.
ovs__remember_release() (
  dir=$TX/ovs/release
  [ ! -d "$dir" ] || return 0
  rm -rf "$dir.new"
  mkdir -p "$dir.new" || return 1
  readlink "${OVS_ROOT:-}/opt/ovsfleet/ovs/current" >"$dir.new/current" || : >"$dir.new/current"
  for unit in $(ovs__units); do
    file=${OVS_ROOT:-}/etc/systemd/system/$unit.service.d/50-ovsfleet.conf
    [ ! -e "$file" ] || cp -p "$file" "$dir.new/$unit.conf" || return 1
  done
  if [ -L "${OVS_ROOT:-}$OVS_SCRIPTS" ]; then echo link; else echo directory; fi >"$dir.new/scripts"
  ovs__tool_links | while read -r name target; do
    [ ! -L "${OVS_ROOT:-}$name" ] || echo "$name"
  done >"$dir.new/links"
  mv "$dir.new" "$dir"
)

# ovs__put_back_release: links, drop-ins and scripts as ovs__remember_release found them. Safe to repeat, right from any half-way state.
ovs__put_back_release() {
  ovs__was=$TX/ovs/release
  ovs__current=$(cat "$ovs__was/current") || return 1
  if [ -n "$ovs__current" ]; then
    ovs__link "$ovs__current" "${OVS_ROOT:-}/opt/ovsfleet/ovs/current" || return 1
  else
    rm -f "${OVS_ROOT:-}/opt/ovsfleet/ovs/current"
  fi
  for ovs__unit in $(ovs__units); do
    ovs__file=${OVS_ROOT:-}/etc/systemd/system/$ovs__unit.service.d/50-ovsfleet.conf
    if [ -e "$ovs__was/$ovs__unit.conf" ]; then
      ovs__put "$ovs__file" <"$ovs__was/$ovs__unit.conf" || return 1
    else
      rm -f "$ovs__file" || return 1
      rmdir "${ovs__file%/*}" 2>/dev/null
    fi
  done
  if [ "$OVS_OWNER" = bare ] && ovs__scripts_found; then
    case $(cat "$ovs__was/scripts") in
      directory) ovs__scripts_back || return 1 ;;
      link) # a deliberate way back to the found release had put the directory there again
        if [ ! -L "${OVS_ROOT:-}$OVS_SCRIPTS" ]; then
          mv -T "${OVS_ROOT:-}$OVS_SCRIPTS" "${OVS_ROOT:-}$OVS_SCRIPTS.before-ovsfleet" &&
            ovs__link /opt/ovsfleet/ovs/current/share/openvswitch/scripts "${OVS_ROOT:-}$OVS_SCRIPTS" || return 1
        fi
        ;;
    esac
  fi
  ovs__tool_links | while read -r ovs__name ovs__target; do
    if grep -q -x -F "$ovs__name" "$ovs__was/links"; then
      [ -L "${OVS_ROOT:-}$ovs__name" ] || ovs__link "$ovs__target" "${OVS_ROOT:-}$ovs__name"
    else
      [ "$(readlink "${OVS_ROOT:-}$ovs__name")" != "$ovs__target" ] || rm -f "${OVS_ROOT:-}$ovs__name"
    fi
  done
}

# ovs__quiet_restarts: for the time of the swap systemd must not restart a daemon by itself: its restart job carries over to the other units
# (PartOf=, Requires=) and takes the database server along. Under /run, so a reboot ends it.
ovs__quiet_restarts() {
  [ "$OVS_OWNER" != bare ] || return 0
  for ovs__unit in ovsdb-server ovs-vswitchd; do
    # the limit's name of systemd before 230 and after; each ignores the other's
    printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nStartLimitInterval=0\nRestart=no\n' |
      ovs__put "${OVS_ROOT:-}/run/systemd/system/$ovs__unit.service.d/99-ovsfleet-swap.conf" || return 1
  done
}

# ovs__normal_restarts: the end of that.
ovs__normal_restarts() {
  for ovs__unit in ovsdb-server ovs-vswitchd; do
    rm -f "${OVS_ROOT:-}/run/systemd/system/$ovs__unit.service.d/99-ovsfleet-swap.conf"
    rmdir "${OVS_ROOT:-}/run/systemd/system/$ovs__unit.service.d" 2>/dev/null
  done
  ovs__reread_units
}

# ovs__reread_units: without it a changed drop-in is silently not used: `start` would return 0 with the release of before.
ovs__reread_units() {
  if ovs__systemd; then timeout 90 systemctl daemon-reload; fi
}

# ovs__ctl_options: how the running daemons were started on a bare host, as options of ovs-ctl, one a line. The system id is given in full:
# without it ovs-ctl empties the one in the database, and `random` makes a new one where no file holds it.
ovs__ctl_options() (
  pid=$(ovs__daemon_pid ovs-vswitchd) || return 1
  words=$(ovs__words "$pid")
  case $words in *--monitor*) ;; *) echo --no-monitor ;; esac
  case $words in *--mlockall*) ;; *) echo --no-mlockall ;; esac
  user=$(ovs__option "$pid" user)
  [ -z "$user" ] || echo "--ovs-user=$user"
  id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id | tr -d '"')
  [ -z "$id" ] || echo "--system-id=$id"
  ovs__side found && grep -q -e '--no-record-hostname' "${OVS_ROOT:-}$SIDE_SCRIPTS/ovs-ctl" && echo --no-record-hostname
  :
)

# ovs__ctl PREFIX|found WORDS...: that release's ovs-ctl on a bare host, its programs first on PATH, and in a scope of its own: a daemon
# started from a unit's or a session's control group would be killed with it.
ovs__ctl() (
  ovs__side "$1" || return 1
  shift
  PATH=$SIDE_SBIN:$SIDE_BIN:/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
  if ovs__systemd; then
    timeout 150 systemd-run --scope --description='Open vSwitch, started by ovsfleet' "${OVS_ROOT:-}$SIDE_SCRIPTS/ovs-ctl" "$@" </dev/null
  else
    timeout 150 setsid "${OVS_ROOT:-}$SIDE_SCRIPTS/ovs-ctl" "$@" </dev/null
  fi
)

# ovs__job start|stop DAEMON: a job for that one unit. Without this mode Requires= and PartOf= carry it over to the others, and all flows are lost.
ovs__job() { timeout 150 systemctl --job-mode=ignore-dependencies "$1" "$2.service"; }

# ovs__clear_failures: lets systemd forget earlier failures, or it might refuse to start a unit.
ovs__clear_failures() {
  [ "$OVS_OWNER" = bare ] || timeout 20 systemctl reset-failed ovsdb-server.service ovs-vswitchd.service 2>/dev/null
  :
}

# ovs__only DAEMON: ovs-ctl's option for the other one.
ovs__only() { case $1 in ovsdb-server) echo --no-ovs-vswitchd ;; *) echo --no-ovsdb-server ;; esac }

# ovs__pid_alive DAEMON: prints the process id that its pid file names, if that process is such a daemon.
ovs__pid_alive() {
  { read -r ovs__pid <"${OVS_ROOT:-}$OVS_RUNDIR/$1.pid"; } 2>/dev/null &&
    { read -r ovs__comm <"${OVS_ROOT:-}/proc/$ovs__pid/comm"; } 2>/dev/null &&
    [ "$ovs__comm" = "$1" ] && echo "$ovs__pid"
}

# ovs__stop DAEMON PREFIX|found: stops it under its owner; 0 when it is gone. PREFIX is the release whose script does it on a bare host.
ovs__stop() {
  ovs__say "stopping $1"
  case $OVS_OWNER in
    bare) ovs__exit "$1" || ovs__ctl "$2" "$(ovs__only "$1")" stop ;;
    *) ovs__job stop "$1" ;;
  esac
  ! ovs__pid_alive "$1" >/dev/null || ovs__no "$1 did not stop"
}

# ovs__exit DAEMON: asks it to end, as ovs-ctl does first, and sees it end, without the pauses of that script, which the outage would have to
# wait for. Under systemd a daemon must not be asked so: the unit's own ExecStop would run after it, and stop what was started meanwhile.
ovs__exit() {
  # releases before 2.6 delete their ports when they are asked (ovs-lib, stop_daemon)
  [ -e "$TX/ovs/may-exit" ] || return 1
  ovs__pid=$(ovs__pid_alive "$1") || return 0
  timeout 5 "${OVS_ROOT:-}$OVS_BIN/ovs-appctl" --timeout=3 -t "$OVS_RUNDIR/$1.$ovs__pid.ctl" exit || return 1
  ovs__tries=0
  while [ -e "${OVS_ROOT:-}/proc/$ovs__pid" ]; do
    ovs__tries=$((ovs__tries + 1))
    [ "$ovs__tries" -lt 150 ] || return 1
    sleep 0.02
  done
}

# ovs__plain_taps PREFIX|found: before that release's ovs-vswitchd is started on a userspace datapath. From 3.2 on it asks the kernel to leave it
# the checksums of what the host itself sends into an internal port (lib/netdev-linux.c, TUNSETOFFLOAD); the device keeps that when ovs-vswitchd
# ends. An earlier release does not fill them in: pings are answered, yet the host's own TCP over its bridges, SSH too, is dead.
ovs__plain_taps() (
  case ,${OVS_DATAPATHS:-}, in ,, | *,netdev,*) ;; *) return 0 ;; esac
  for file in "${OVS_ROOT:-}"/sys/class/net/*/tun_flags; do [ ! -e "$file" ] || break; done
  [ -e "$file" ] && ovs__side "$1" && ! ovs__newer_or_same "$(ovs__release_of_tool "$SIDE_BIN/ovs-vsctl")" 3.2 || return 0
  for port in $(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=name find Interface type=internal); do
    [ -e "${OVS_ROOT:-}/sys/class/net/$port/tun_flags" ] || continue
    timeout 5 ethtool -K "$port" tx off >/dev/null || ovs__say "checksums of $port stay off: what this host itself sends there may be lost (is there an ethtool?)"
  done
  :
)

# ovs__start DAEMON PREFIX|found: starts it under its owner, and proves it: `start` returns 0 even when the daemon has exited at once, or when
# systemd had not seen it stop. The proof is a live process of that release.
ovs__start() {
  ovs__say "starting $1"
  [ "$1" != ovs-vswitchd ] || ovs__plain_taps "$2"
  case $OVS_OWNER in
    bare)
      # shellcheck disable=SC2046 # one option a line, none with blanks
      ovs__ctl "$2" "$(ovs__only "$1")" $(cat "$TX/ovs/ctl-options") start || ovs__no "ovs-ctl could not start $1" || return 1
      ;;
    *)
      ovs__job start "$1" || ovs__no "systemd could not start $1" || return 1
      [ "$(ovs__show "$1.service" ActiveState)" = active ] || ovs__no "$1 ended as soon as it was started" || return 1
      ;;
  esac
  ovs__runs "$1" "$2"
}

# ovs__runs DAEMON PREFIX|found: whether the daemon that its pid file names runs from that release.
ovs__runs() (
  pid=$(ovs__pid_alive "$1") || ovs__no "$1 does not run" || return 1
  exe=$(readlink "${OVS_ROOT:-}/proc/$pid/exe")
  case $2 in
    found) [ "$(ovs__build_of "$exe")" = found ] ;;
    *) [ "$(ovs__build_of "$exe")" = "${2##*/}" ] ;;
  esac || ovs__no "$1 runs from $exe, not from $2"
)
