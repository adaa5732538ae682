# shellcheck shell=sh
# Signs of health beside the flows: new errors in the log, and whether systemd and the daemons agree about each other.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_log_mark: prints where ovs-vswitchd.log ends now, as `INODE BYTES`; `0 0` when there is no log.
ovs_log_mark() (
  ovs__context || return 1
  set -- "${OVS_ROOT:-}$OVS_LOGDIR/ovs-vswitchd.log"
  if [ -e "$1" ]; then stat -c '%i %s' "$1"; else echo 0 0; fi
)

# ovs_log_new_errors [MARK_FILE]: prints the lines of level EMER or ERR that ovs-vswitchd.log has got since the mark (that of ovs_capture when no file
# is given); nothing when there are none. A log that was rotated meanwhile is read from its beginning.
ovs_log_new_errors() (
  ovs__context || return 1
  log=${OVS_ROOT:-}$OVS_LOGDIR/ovs-vswitchd.log
  [ -e "$log" ] || return 0
  read -r inode bytes <"${1:-$TX/ovs/log-mark}" || return 1
  [ "$(stat -c %i "$log")" = "$inode" ] || bytes=0
  [ "$(stat -c %s "$log")" -ge "$bytes" ] || bytes=0
  tail -c "+$((bytes + 1))" "$log" | grep '|\(EMER\|ERR\)|' || :
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
