# shellcheck shell=sh
# What the other Open vSwitch libraries share: limits on time, the tools of the right release, writing so that a power cut leaves old or new.
#
# Every file of this folder holds function definitions only. They are pasted into the program that runs on a host, and are POSIX sh
# (dash, bash 4.2, busybox ash) with the tools of 2013: no `local`, so a function that needs variables of its own has a subshell for its body.
# Names: `ovs_` and `agent_` are for callers, `ovs__` is for these files alone. $TX is the transaction's own directory.
# $OVS_ROOT stands before every path that is looked at; it is empty on a host and a made-up tree in unit tests.
# shellcheck disable=SC2034 # OVS_* are read by the other files

# ovs__say WORDS...: one line for the log, with the seconds since boot (read from /proc, so it costs no process inside an outage).
ovs__say() {
  read -r ovs__up _ </proc/uptime
  printf '[%s] %s\n' "$ovs__up" "$*" >&2
}

# ovs__no WORDS...: says why and fails, so that a caller can write `test || ovs__no "reason" || return`.
ovs__no() {
  ovs__say "ovs: $*"
  return 1
}

# ovs__show UNIT PROPERTY: the value systemd has for it ('' when it knows none). systemd 219 has no `--value`.
ovs__show() {
  ovs__shown=$(timeout 10 systemctl show -p "$2" "$1" 2>/dev/null) || return 1
  printf '%s\n' "${ovs__shown#"$2"=}"
}

# ovs__systemd: whether systemd is PID 1 (sd_booted(3)).
ovs__systemd() { [ -d "${OVS_ROOT:-}/run/systemd/system" ]; }

# ovs_signatures_enforced: why this kernel takes only modules that are signed with a key that it trusts; nothing when it takes others too.
ovs_signatures_enforced() (
  if [ "$(cat "${OVS_ROOT:-}/sys/module/module/parameters/sig_enforce" 2>/dev/null)" = Y ]; then
    echo 'it enforces signatures (module.sig_enforce, CONFIG_MODULE_SIG_FORCE or Secure Boot)'
    return
  fi
  case $(cat "${OVS_ROOT:-}/sys/kernel/security/lockdown" 2>/dev/null) in
    *'[integrity]'*) echo 'it is locked down (integrity)' ;;
    *'[confidentiality]'*) echo 'it is locked down (confidentiality)' ;;
  esac
)

# ovs__fsync FILE: brings the file's content onto the disk. The `sync` of 2013 takes no file; dd with nothing to copy does the same.
ovs__fsync() { dd if=/dev/null of="$1" conv=fsync,notrunc 2>/dev/null; }

# ovs__put FILE [MODE]: stdin becomes the file, whole or not at all.
ovs__put() {
  mkdir -p "${1%/*}" &&
    cat >"$1.ovsfleet-new" &&
    chmod "${2:-644}" "$1.ovsfleet-new" &&
    ovs__fsync "$1.ovsfleet-new" &&
    mv -f "$1.ovsfleet-new" "$1"
}

# ovs__on_one_line TEXT: its lines, with a blank between.
ovs__on_one_line() { printf '%s\n' "$1" | tr '\n' ' '; }

# ovs__key KEY <record: the value of one line `KEY=value`.
ovs__key() { sed -n "s/^$1=//p" | head -n 1; }

# ovs__newer_or_same A B: whether release A is B or later ("3.5.0" against "3.10.1": by numbers, not by letters).
ovs__newer_or_same() {
  printf '%s %s\n' "$1" "$2" | awk '{
    n = split($1, a, "."); m = split($2, b, "."); if (m > n) n = m
    for (i = 1; i <= n; i++) { if (a[i] + 0 > b[i] + 0) exit 0; if (a[i] + 0 < b[i] + 0) exit 1 }
    exit 0 }'
}

# ovs__context: OVS_OWNER, OVS_RUNDIR, OVS_DB, OVS_DBFILE, OVS_LOGDIR, OVS_SYSCONFDIR, OVS_SCRIPTS, OVS_DATAPATHS, OVS_BIN as shell variables.
# In a transaction they come from the record that `ovs_capture` made, since half-way there may be no daemon left to look at.
# OVS_RUNDIR is exported: the tools find the bridges' sockets by it, whatever they were configured with.
ovs__context() {
  [ -z "${OVS_READY:-}" ] || return 0
  OVS_OWNER=none OVS_RUNDIR='' OVS_DB='' OVS_DBFILE='' OVS_LOGDIR='' OVS_SYSCONFDIR='' OVS_SCRIPTS='' OVS_DATAPATHS='' LC_ALL=C
  if [ -n "${TX:-}" ] && [ -s "$TX/ovs/layout" ]; then
    # no process is started for it: every phase begins with it, those within the outage too
    ovs__take_layout <"$TX/ovs/layout" && read -r OVS_BIN <"$TX/ovs/tools" || return 1
  else
    ovs__record=$(ovs_layout) || return 1
    OVS_BIN=
    ovs__take_layout <<EOF
$ovs__record
EOF
  fi
  export OVS_RUNDIR LC_ALL
  case $OVS_OWNER in none | container) return 0 ;; esac
  [ -n "$OVS_BIN" ] || OVS_BIN=$(ovs__running_bin) || return 1
  OVS_READY=yes
}

# ovs__take_layout <record: the record that ovs_layout prints, as shell variables.
ovs__take_layout() {
  while IFS='=' read -r ovs__name ovs__value; do
    case $ovs__name in
      owner) OVS_OWNER=$ovs__value ;;
      rundir) OVS_RUNDIR=$ovs__value ;;
      db) OVS_DB=$ovs__value ;;
      dbfile) OVS_DBFILE=$ovs__value ;;
      logdir) OVS_LOGDIR=$ovs__value ;;
      sysconfdir) OVS_SYSCONFDIR=$ovs__value ;;
      scripts) OVS_SCRIPTS=$ovs__value ;;
      datapaths) OVS_DATAPATHS=$ovs__value ;;
    esac
  done
}

# ovs__running_bin: the directory of the tools of the release that runs, from the daemon's own executable: PATH may name another one.
ovs__running_bin() (
  pid=$(ovs__daemon_pid ovs-vswitchd) || pid=$(ovs__daemon_pid ovsdb-server) || return 1
  exe=$(readlink "${OVS_ROOT:-}/proc/$pid/exe") || return 1
  exe=${exe% (deleted)}
  case $exe in
    */sbin/*) bin=${exe%/sbin/*}/bin ;;
    *) bin=/usr/bin ;; # Debian keeps the daemon under /usr/lib/openvswitch-switch
  esac
  [ -x "${OVS_ROOT:-}$bin/ovs-vsctl" ] || bin=/usr/bin
  [ -x "${OVS_ROOT:-}$bin/ovs-vsctl" ] || bin=/usr/local/bin
  [ -x "${OVS_ROOT:-}$bin/ovs-vsctl" ] || return 1
  printf '%s\n' "$bin"
)

# The tools, each with two limits: its own, and one from outside for a tool that hangs before it counts.
ovs__vsctl() { timeout 25 "${OVS_ROOT:-}$OVS_BIN/ovs-vsctl" --timeout=20 --db="unix:$OVS_RUNDIR/db.sock" "$@"; }
# ovs__ofctl_now: within the outage, where every process counts; ovs-ofctl ends by its own alarm.
ovs__ofctl_now() { "${OVS_ROOT:-}$OVS_BIN/ovs-ofctl" --timeout=120 "$@"; }
ovs__ofctl() { timeout 130 "${OVS_ROOT:-}$OVS_BIN/ovs-ofctl" --timeout=120 "$@"; }
ovs__appctl() { timeout 10 "${OVS_ROOT:-}$OVS_BIN/ovs-appctl" --timeout=8 "$@"; }
ovs__client() { timeout 65 "${OVS_ROOT:-}$OVS_BIN/ovsdb-client" --timeout=60 "$@"; }
