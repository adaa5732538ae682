# The host's name, settings and modules of its kernel, what is mounted. They call the functions of op-files and op-lines.
# Function definitions only.
# shellcheck shell=sh

# op_hostname: a record of the name now and of the one at boot.
op_hostname() {
  printf 'now=%s\n' "$(uname -n)"
  printf 'boot=%s\n' "$(cat /etc/hostname 2>/dev/null)"
}

# op_set_hostname NAME
op_set_hostname() {
  printf '%s\n' "$1" | op_write /etc/hostname 0644 '' '' || return 1
  if command -v hostname >/dev/null 2>&1; then hostname "$1"; else printf '%s' "$1" >/proc/sys/kernel/hostname; fi
}

# op_sysctl_file KEY: where the kernel has it. Dots separate, but for a name with dots in it, which is written with slashes.
op_sysctl_file() {
  case $1 in
  */*) printf '/proc/sys/%s' "$1" ;;
  *) printf '/proc/sys/%s' "$(printf '%s' "$1" | tr . /)" ;;
  esac
}

op_words() {
  # shellcheck disable=SC2086 # tabs and runs of spaces become one space
  (
    set -f
    set -- $1
    printf '%s' "$*"
  )
}

# op_sysctl KEY FILE: a record of the value now and of the one that FILE sets at boot.
op_sysctl() {
  op_live=$(op_sysctl_file "$1")
  if [ -r "$op_live" ]; then op_value=$(op_words "$(cat "$op_live")"); else op_value=absent; fi
  printf 'now=%s\n' "$op_value"
  op_value=$(op_key=$1 awk -F = '
    { key = $1; gsub(/[ \t]/, "", key) }
    key == ENVIRON["op_key"] { sub(/^[^=]*=/, ""); value = $0; found = 1 }
    END { if (found) print value }
  ' "$2" 2>/dev/null)
  printf 'boot=%s\n' "$(op_words "${op_value:-absent}")"
}

# op_set_sysctl KEY VALUE FILE: now, and at boot.
op_set_sysctl() {
  op_live=$(op_sysctl_file "$1")
  if [ ! -e "$op_live" ]; then
    echo "this kernel has no $1 (a module of it may have to be loaded first)" >&2
    return 1
  fi
  printf '%s\n' "$2" >"$op_live" || return 1
  op_put_line "$3" "$1 = $2" "^[ 	]*$(printf '%s' "$1" | sed 's/\./\\./g')[ 	]*=" after EOF 0644
}

# op_sysctl_back KEY FILE: the value of before, and the file.
op_keep_sysctl() {
  op_keep "$2" || return 1
  [ -n "${TX:-}" ] && [ -e "$TX/state" ] || return 0
  op_note=$TX/sysctl-$(printf '%s' "$1" | tr / .)
  [ -e "$op_note" ] || { cat "$(op_sysctl_file "$1")" >"$op_note.new" && mv "$op_note.new" "$op_note"; }
}

op_sysctl_back() {
  [ -n "${TX:-}" ] || return 0
  op_note=$TX/sysctl-$(printf '%s' "$1" | tr / .)
  if [ -e "$op_note" ]; then cat "$op_note" >"$(op_sysctl_file "$1")" || return 1; fi
  op_put_back "$2"
}

# op_module NAME KEYS: a record of those KEYS: now (loaded, built in, absent), boot (loaded, as it comes), blacklist (yes, no).
op_module() {
  op_under=$(printf '%s' "$1" | tr - _)
  for op_key in $2; do
    case $op_key in
    now)
      if grep -q "^$op_under " /proc/modules 2>/dev/null || [ -d "/sys/module/$op_under" ]; then
        op_value=loaded
      elif grep -q "/$op_under\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; then
        op_value=loaded
      else
        op_value=absent
      fi
      ;;
    boot)
      op_value='as it comes'
      if grep -qxF -e "$1" "/etc/modules-load.d/ovsfleet-$1.conf" 2>/dev/null; then op_value=loaded; fi
      ;;
    blacklist)
      op_value=no
      if grep -qxF -e "blacklist $1" "/etc/modprobe.d/ovsfleet-$1.conf" 2>/dev/null; then op_value=yes; fi
      ;;
    esac
    printf '%s=%s\n' "$op_key" "$op_value"
  done
}

# op_make_module NAME NOW BOOT BLACKLIST: what is empty stays as it is.
op_make_module() {
  case $4 in
  yes) printf '# Written by ovsfleet.\nblacklist %s\n' "$1" | op_write "/etc/modprobe.d/ovsfleet-$1.conf" 0644 '' '' || return 1 ;;
  no) rm -f "/etc/modprobe.d/ovsfleet-$1.conf" ;;
  esac
  case $3 in
  loaded) printf '# Written by ovsfleet.\n%s\n' "$1" | op_write "/etc/modules-load.d/ovsfleet-$1.conf" 0644 '' '' || return 1 ;;
  'as it comes') rm -f "/etc/modules-load.d/ovsfleet-$1.conf" ;;
  esac
  case $2 in
  loaded) modprobe "$1" ;;
  absent) modprobe -r "$1" ;;
  esac
}

# op_fstab PATH: its line in fstab without what follows the options, one space between; absent.
op_fstab() {
  op_point=$1 awk '
    !/^[ \t]*#/ && $2 == ENVIRON["op_point"] { line = $1 " " $3 " " $4; found = 1 }
    END { print found ? line : "absent" }
  ' /etc/fstab 2>/dev/null || echo absent
}

# op_mounted PATH: what is mounted there, and its type; absent. The last one lies on top.
op_mounted() {
  op_point=$1 awk '
    $2 == ENVIRON["op_point"] { line = $1 " " $3; found = 1 }
    END { print found ? line : "absent" }
  ' /proc/self/mounts
}

# op_mount PATH KEYS: a record of those KEYS: now, boot. A device by label or id is mounted under its own name, so `now` only
# tells the type then.
op_mount() {
  for op_key in $3; do
    case $op_key in
    now)
      op_value=$(op_mounted "$1")
      case $2 in *=*) [ "$op_value" = absent ] || op_value="$2 ${op_value##* }" ;; esac
      ;;
    boot) op_value=$(op_fstab "$1") ;;
    esac
    printf '%s=%s\n' "$op_key" "$op_value"
  done
}

# op_make_mount PATH FROM TYPE OPTIONS NOW: in fstab; and mounted when NOW says so, anew when something else is there.
op_make_mount() {
  mkdir -p -- "$1" || return 1
  op_escaped=$(printf '%s' "$1" | sed 's/[][\.*^$+?(){}|]/\\&/g')
  if [ "$(op_fstab "$1")" != "$2 $3 $4" ]; then
    op_put_line /etc/fstab "$2 $1 $3 $4 0 0" "^[^# 	]+[ 	]+${op_escaped}[ 	]" after EOF 0644 || return 1
    if op_systemd; then systemctl daemon-reload; fi
  fi
  [ -n "$5" ] || return 0
  case $(op_mounted "$1") in
  absent) mount "$1" ;;
  *" $3") mount -o remount "$1" ;;
  *) umount "$1" && mount "$1" ;;
  esac
}

# op_take_mount PATH: neither mounted nor in fstab.
op_take_mount() {
  [ "$(op_mounted "$1")" = absent ] || umount "$1" || return 1
  op_escaped=$(printf '%s' "$1" | sed 's/[][\.*^$+?(){}|]/\\&/g')
  [ "$(op_fstab "$1")" = absent ] || op_take_lines /etc/fstab '' "^[^# 	]+[ 	]+${op_escaped}[ 	]" || return 1
  if op_systemd; then systemctl daemon-reload; fi
}

# op_keep_name, op_name_back: the name of now, for a transaction.
op_keep_name() {
  [ -n "${TX:-}" ] && [ -e "$TX/state" ] || return 0
  [ -e "$TX/hostname" ] || { uname -n >"$TX/hostname.new" && mv "$TX/hostname.new" "$TX/hostname"; }
}

op_name_back() {
  [ -n "${TX:-}" ] && [ -e "$TX/hostname" ] || return 0
  op_name_was=$(cat "$TX/hostname")
  if command -v hostname >/dev/null 2>&1; then hostname "$op_name_was"; else printf '%s' "$op_name_was" >/proc/sys/kernel/hostname; fi
}
