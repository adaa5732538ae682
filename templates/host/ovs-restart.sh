# shellcheck shell=sh
# Whether the daemons that run are the ones that a start would bring, and since when they run.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs_would_start: the release that the host's own units and scripts would start now: the prefix of a build, or `found`.
ovs_would_start() {
  if ovs__target=$(readlink "${OVS_ROOT:-}/opt/ovsfleet/ovs/current"); then
    printf '/opt/ovsfleet/ovs/%s\n' "$ovs__target"
  else
    echo found
  fi
}

# ovs_programs: `those that a start would use`, or one line that says which daemon is not.
ovs_programs() (
  ovs__context || return 1
  wanted=$(ovs_would_start)
  wanted=${wanted##*/}
  for name in ovsdb-server ovs-vswitchd; do
    pid=$(ovs__daemon_pid "$name") || {
      echo "$name does not run"
      return 0
    }
    exe=$(readlink "${OVS_ROOT:-}/proc/$pid/exe") || return 1
    build=$(ovs__build_of "$exe")
    case $exe in
      *' (deleted)')
        echo "$name was replaced on disk since it started"
        return 0
        ;;
    esac
    [ "$build" = "$wanted" ] || {
      echo "$name is of $build, a start would use $wanted"
      return 0
    }
  done
  echo 'those that a start would use'
)

# ovs_started SECONDS: `after` or `before` that time (seconds since the epoch): of the daemon that runs longer. Returns 1 when it lies in the
# future, or no restart would ever be late enough. A second is given away: the kernel counts in hundredths, from a boot that is known to seconds.
ovs_started() (
  ovs__context || return 1
  [ "$1" -le "$(date +%s)" ] || ovs__no "that time has not come yet by the clock of this host" || return 1
  for name in ovsdb-server ovs-vswitchd; do
    pid=$(ovs__daemon_pid "$name") || continue
    began=$(ovs__began "$pid") || return 1
    [ $((began + 1)) -ge "$1" ] || {
      echo before
      return 0
    }
  done
  echo after
)

# ovs_daemons_as SECONDS: what the two above print, as a record; with '' in place of SECONDS without the time. What has been restarted cannot be
# older again: while a transaction is undone, daemons of the release of before count as those of before.
ovs_daemons_as() (
  if [ -n "${TX:-}" ] && [ -s "$TX/ovs/daemons-before" ] && [ "$(cat "$TX/state")" = undoing ]; then
    from=$(cat "$TX/ovs/from") || return 1
    if ovs__context && ovs__runs ovsdb-server "$from" && ovs__runs ovs-vswitchd "$from"; then
      cat "$TX/ovs/daemons-before"
      return
    fi
  fi
  programs=$(ovs_programs) || return 1
  printf 'programs=%s\n' "$programs"
  [ -n "$1" ] || return 0
  started=$(ovs_started "$1") || return 1
  printf 'started=%s\n' "$started"
)

# ovs_restart_capture SECONDS: ovs_capture for a restart: of the release that a start would use.
ovs_restart_capture() (
  prefix=$(ovs_would_start)
  ovs_capture "$prefix" || return 1
  ovs_daemons_as "$1" >"$TX/ovs/daemons-before"
)
