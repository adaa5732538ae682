# shellcheck shell=sh
# Signs of health beside the flows: errors in the logs, controllers, and whether systemd and the daemons agree about each other.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_log_mark: prints where the daemons' logs end now, as `DAEMON INODE BYTES` lines; `0 0` for one that has no log.
ovs_log_mark() (
  ovs__context || return 1
  for name in ovs-vswitchd ovsdb-server; do
    if [ -e "${OVS_ROOT:-}$OVS_LOGDIR/$name.log" ]; then
      stat -c "$name %i %s" "${OVS_ROOT:-}$OVS_LOGDIR/$name.log" || return 1
    else
      echo "$name 0 0"
    fi
  done
)

# ovs__errors [KNOWN_FILE]: the lines of level EMER or ERR of a log on stdin, without those whose text KNOWN_FILE has.
# ovs__error_texts: the same, as such texts: no time, no number of the line, and any number in it is as good as another.
ovs__errors() { ovs__awk_errors line "${1:-/dev/null}"; }
ovs__error_texts() { ovs__awk_errors text /dev/null; }
ovs__awk_errors() {
  awk -v what="$1" -v known="$2" '
    BEGIN { while ((getline line <known) > 0) old[line] }
    /\|(EMER|ERR)\|/ {
      text = $0; sub(/^[^|]*\|[0-9]+\|/, "", text); gsub(/0x[0-9a-f]+|[0-9]+/, "N", text)
      if (!(text in old)) print (what == "text" ? text : $0)
    }'
}

# ovs_log_known: the texts of all errors in the daemons' logs, rotated ones too: an old error that is logged at every start is no sign of a
# bad release. At most 20 s a file; what could not be read counts as new.
ovs_log_known() (
  ovs__context || return 1
  for name in ovs-vswitchd ovsdb-server; do
    for file in "${OVS_ROOT:-}$OVS_LOGDIR/$name.log"*; do
      case $file in
        *.gz) timeout 20 gzip -cd "$file" ;;
        *) timeout 20 cat "$file" ;;
      esac 2>/dev/null | ovs__error_texts
    done
  done | sort -u
)

# ovs_log_new_errors MARK_FILE KNOWN_FILE: prints the lines of level EMER or ERR that the daemons' logs have got since the mark and whose text is not
# known; nothing when there are none. A log that was rotated meanwhile is read from its beginning.
ovs_log_new_errors() (
  ovs__context || return 1
  while read -r name inode bytes; do
    log=${OVS_ROOT:-}$OVS_LOGDIR/$name.log
    [ -e "$log" ] || continue
    [ "$(stat -c %i "$log")" = "$inode" ] && [ "$(stat -c %s "$log")" -ge "$bytes" ] || bytes=0
    tail -c "+$((bytes + 1))" "$log" | ovs__errors "$2"
  done <"$1"
)

# ovs_log_clean: whether the logs have no error that they did not have before the swap.
ovs_log_clean() (
  errors=$(ovs_log_new_errors "$TX/ovs/log-mark" "$TX/ovs/log-known") || return 1
  [ -z "$errors" ] || ovs__no "new errors in the log: $(printf '%s\n' "$errors" | head -n 3)"
)

# ovs_log_since_start DAEMON: the lines of level EMER or ERR in its log since that process began, by the times in the log, which are in UTC. A second is
# given away: the kernel counts from a boot that is known to seconds.
ovs_log_since_start() (
  ovs__context || return 1
  log=${OVS_ROOT:-}$OVS_LOGDIR/$1.log
  [ -r "$log" ] && pid=$(ovs__daemon_pid "$1") || return 0
  began=$(ovs__began "$pid") || return 1
  since=$(date -u -d "@$((began - 1))" +%Y-%m-%dT%H:%M:%S) || return 1
  ovs__errors <"$log" | awk -v since="$since" 'substr($0, 1, 19) >= since'
)

# ovs__began PID: when that process was started, in seconds since the epoch by the clock of now.
ovs__began() (
  read -r up _ <"${OVS_ROOT:-}/proc/uptime" || return 1
  ticks=$(ovs__started "$1")
  [ -n "$ticks" ] || return 1
  echo $(($(date +%s) - ${up%.*} + ${ticks##*:} / $(getconf CLK_TCK)))
)

# ovs_connected: the controllers and managers that the switch has a connection with, as sorted `controller|manager TARGET` lines: by the database, and by the
# kernel as well, since the database learns only seconds later that one has gone, such as an agent that has just been stopped. Those
# that are named by a path or a host name are left out.
ovs_connected() (
  ovs__context || return 1
  peers=$(timeout 10 ss -tn 2>/dev/null | awk '$1 == "ESTAB" { print $5 }')
  for table in Controller Manager; do
    targets=$(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=target find "$table" is_connected=true) || return 1
    for target in $targets; do
      printf '%s\n' "$peers" | grep -q -x -F -e "${target#*:}" || continue
      printf '%s %s\n' "$(printf '%s' "$table" | tr CM cm)" "$target"
    done
  done | sort
)

# ovs_connected_again SECONDS: waits at most so long until all those are connected again that were before the swap. A switch that failed to connect
# tries again after 1, 2, 4 and then 8 s (rconn.c).
ovs_connected_again() (
  [ -s "$TX/ovs/connected" ] || return 0
  left=$1
  until ovs_connected >"$TX/ovs/connected.now" && missing=$(comm -23 "$TX/ovs/connected" "$TX/ovs/connected.now") && [ -z "$missing" ]; do
    [ "$left" -gt 0 ] || ovs__no "not connected again: $(ovs__on_one_line "$missing")" || return 1
    left=$((left - 1))
    sleep 1
  done
)

# ovs_restart_harmless: whether a later `systemctl restart` or crash would find the daemons it expects: both units active, their main process the
# one of the pid file and inside the unit's control group, and no unit file changed behind systemd's back. Says what is wrong, one sentence a
# line, on stderr. On a bare host nothing can be wrong here: nobody watches the daemons.
ovs_restart_harmless() (
  ovs__context || return 1
  code=0
  for name in $(ovs__units); do
    case $name in ovs-record-hostname | ovs-delete-transient-ports) continue ;; esac
    [ "$(ovs__show "$name.service" ActiveState)" = active ] || {
      echo "$name.service is not active" >&2
      code=1
    }
    [ "$(ovs__show "$name.service" NeedDaemonReload)" != yes ] || {
      echo "$name.service was changed without systemctl daemon-reload" >&2
      code=1
    }
    case $name in openvswitch-switch | openvswitch) continue ;; esac
    pid=$(ovs__pid_alive "$name") || {
      echo "the pid file of $name names no such process" >&2
      code=1
      continue
    }
    [ "$(ovs__show "$name.service" MainPID)" = "$pid" ] || {
      echo "the main process of $name.service is not the one of its pid file ($pid)" >&2
      code=1
    }
    [ "$(ovs__unit_of "$pid")" = "$name.service" ] || {
      echo "$name ($pid) is not in the control group of its unit" >&2
      code=1
    }
  done
  return "$code"
)
