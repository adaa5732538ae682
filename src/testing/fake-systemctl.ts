/**
 * A fake `systemctl` for hosts without systemd: it starts oneshot units in the background, ExecStart under its time limit
 * and then ExecStopPost, and starts the enabled ones at boot. Of all else it knows nothing. The pid of what a unit runs is
 * in /run/fake-systemd/UNIT/pid; a verb that is written to /run/systemctl-fails fails.
 */
export const fakeSystemctl = `#!/bin/sh
enabled=/var/lib/fake-systemd/enabled
running=/run/fake-systemd
verb=
unit=
while [ $# -gt 0 ]; do
  case $1 in
  -p) shift ;;
  -*) ;;
  *) if [ -z "$verb" ]; then verb=$1; else unit=$1; fi ;;
  esac
  shift
done
file=/etc/systemd/system/$unit
[ "$(cat /run/systemctl-fails 2>/dev/null)" != "$verb" ] || exit 1
value() { sed -n "s/^$1=//p" "$file" | head -n 1; }

case $verb in
daemon-reload) ;;
enable) [ -e "$file" ] && mkdir -p $enabled && : >"$enabled/$unit" ;;
disable) rm -f "$enabled/$unit" ;;
is-active)
  [ ! -d "$running/$unit" ] || { echo activating; exit 3; }
  echo inactive
  exit 3
  ;;
show) if [ -e "$file" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi ;;
start)
  [ -e "$file" ] || { echo "Unit $unit not found." >&2; exit 5; }
  mkdir -p $running
  mkdir "$running/$unit" 2>/dev/null || exit 0
  setsid "$0" fake-run "$unit" </dev/null >/dev/null 2>&1 &
  ;;
fake-run)
  start=$(value ExecStart)
  post=$(value ExecStopPost)
  limit=$(value TimeoutStartSec)
  # Each in a session of its own, as systemd has it. ExecStopPost is that of when it ends: the unit may be gone by then.
  /usr/bin/timeout --foreground "$limit" /usr/bin/setsid -w sh -c "echo \\$\\$ >$running/$unit/pid; exec $start"
  [ ! -e "$file" ] || /usr/bin/setsid -w sh -c "echo \\$\\$ >$running/$unit/pid; exec $post"
  rm -rf "$running/$unit"
  ;;
fake-boot)
  for wanted in "$enabled"/*; do
    [ ! -e "$wanted" ] || "$0" start "\${wanted##*/}"
  done
  ;;
*) exit 1 ;;
esac
`;
