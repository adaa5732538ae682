# Services: units of systemd, or scripts of /etc/init.d on hosts without. They call the functions of op-files. Function
# definitions only.
# shellcheck shell=sh

op_systemd() {
  [ -d /run/systemd/system ]
}

# op_unit NAME: with its ending; a service unless it says otherwise.
op_unit() {
  case $1 in
  *.service | *.socket | *.timer | *.path | *.target | *.mount | *.slice) printf '%s' "$1" ;;
  *) printf '%s.service' "$1" ;;
  esac
}

op_service_state() {
  if op_systemd; then
    case $(systemctl show -p LoadState -p ActiveState "$(op_unit "$1")") in
    *LoadState=not-found*ActiveState=inactive* | *ActiveState=inactive*LoadState=not-found*) echo absent ;;
    *ActiveState=active* | *ActiveState=activating* | *ActiveState=reloading*) echo running ;;
    *ActiveState=failed*) echo failed ;;
    *) echo stopped ;;
    esac
  elif [ ! -x "/etc/init.d/$1" ]; then
    echo absent
  elif "/etc/init.d/$1" status >/dev/null 2>&1; then
    echo running
  else
    echo stopped
  fi
}

# op_service_boot NAME: enabled, disabled, masked, absent, or what else systemd calls it (static, indirect …).
op_service_boot() {
  if op_systemd; then
    op_word=$(systemctl is-enabled "$(op_unit "$1")" 2>/dev/null)
    case $op_word in
    '' | not-found) echo absent ;;
    alias) echo enabled ;;
    *) printf '%s\n' "$op_word" ;;
    esac
  elif [ ! -e "/etc/init.d/$1" ]; then
    echo absent
  else
    for op_start in /etc/rc[2345].d/S[0-9][0-9]"$1" /etc/rc.d/rc[345].d/S[0-9][0-9]"$1"; do
      if [ -e "$op_start" ]; then
        echo enabled
        return 0
      fi
    done
    echo disabled
  fi
}

# op_service_since NAME: seconds since the epoch when it was started; nothing when it does not run or that is not known. In UTC,
# since `date` may not know the host's zone by its letters.
op_service_since() {
  if op_systemd; then
    op_when=$(TZ=UTC systemctl show -p InactiveExitTimestamp "$(op_unit "$1")")
    op_when=${op_when#*=}
    [ -z "$op_when" ] || date -d "${op_when#* }" +%s 2>/dev/null
  fi
}

# op_service_config NAME FILE…: whether it was started after all of these were changed last. Of what happened in one
# second the worse is assumed.
op_service_config() {
  op_since=$(op_service_since "$1")
  shift
  for op_conf; do
    op_changed=$(stat -c %Z -- "$op_conf" 2>/dev/null) || continue
    if [ -n "$op_since" ] && [ "$op_changed" -ge "$op_since" ]; then
      printf '%s was changed since it started\n' "$op_conf"
      return 0
    fi
  done
  echo 'as it is running'
}

# op_service NAME KEYS FILE…: a record of those KEYS, in this order: state, boot, config.
op_service() {
  op_service_name=$1
  op_service_keys=$2
  shift 2
  for op_key in $op_service_keys; do
    case $op_key in
    state) printf 'state=%s\n' "$(op_service_state "$op_service_name")" ;;
    boot) printf 'boot=%s\n' "$(op_service_boot "$op_service_name")" ;;
    config) printf 'config=%s\n' "$(op_service_config "$op_service_name" "$@")" ;;
    esac
  done
}

# op_set_boot NAME enabled|disabled|masked
op_set_boot() {
  if op_systemd; then
    case $2.$(op_service_boot "$1") in
    masked.masked) ;;
    *.masked*) systemctl unmask "$(op_unit "$1")" || return 1 ;;
    esac
    case $2 in
    enabled) systemctl enable "$(op_unit "$1")" ;;
    disabled) systemctl disable "$(op_unit "$1")" ;;
    masked) systemctl mask "$(op_unit "$1")" ;;
    esac
    return
  fi
  case $2 in
  masked)
    echo "$1 cannot be masked: there is no systemd here" >&2
    return 1
    ;;
  enabled) op_rc=on ;;
  disabled) op_rc=off ;;
  esac
  if command -v chkconfig >/dev/null 2>&1; then
    chkconfig "$1" "$op_rc"
  elif command -v update-rc.d >/dev/null 2>&1; then
    if [ "$op_rc" = on ]; then
      update-rc.d "$1" defaults && update-rc.d "$1" enable
    else
      update-rc.d "$1" defaults && update-rc.d "$1" disable
    fi
  else
    echo 'there is neither systemd nor chkconfig nor update-rc.d' >&2
    return 1
  fi
}

# op_set_state NAME running|stopped [anew]
op_set_state() {
  if op_systemd; then
    [ "$(systemctl show -p NeedDaemonReload "$(op_unit "$1")")" != NeedDaemonReload=yes ] || systemctl daemon-reload
    case $2.${3:-} in
    running.) systemctl start "$(op_unit "$1")" ;;
    running.anew) systemctl restart "$(op_unit "$1")" ;;
    stopped.*)
      systemctl stop "$(op_unit "$1")" || return 1
      systemctl reset-failed "$(op_unit "$1")" 2>/dev/null || :
      ;;
    esac
    return
  fi
  # What a script of /etc/init.d starts is to outlive the batch and must not hold its output open.
  case $2.${3:-} in
  running.) "/etc/init.d/$1" start >/dev/null 2>&1 ;;
  running.anew) "/etc/init.d/$1" restart >/dev/null 2>&1 ;;
  stopped.*) "/etc/init.d/$1" stop >/dev/null 2>&1 ;;
  esac || {
    echo "/etc/init.d/$1 ended with status $?" >&2
    return 1
  }
}

# op_make_service NAME STATE BOOT FILE…: what is empty stays as it is. Enabled before it is started; masked only once it is
# stopped, since a masked unit cannot be told anything.
op_make_service() {
  op_make_name=$1
  op_make_state=$2
  op_make_boot=$3
  shift 3
  op_anew=
  op_is_changed=$(op_service_config "$op_make_name" "$@")
  if [ "$op_is_changed" != 'as it is running' ]; then op_anew=anew; fi
  case $op_make_boot in
  enabled | disabled) op_set_boot "$op_make_name" "$op_make_boot" || return 1 ;;
  esac
  if [ -n "$op_anew" ]; then
    # Else reading could not tell a start in this very second from one before the change.
    op_last=$(stat -c %Z -- "$@" 2>/dev/null | sort -n | tail -n 1)
    [ "$(date +%s)" -gt "$op_last" ] || sleep 1
  fi
  if [ -n "$op_make_state" ]; then op_set_state "$op_make_name" "$op_make_state" "$op_anew" || return 1; fi
  [ "$op_make_boot" != masked ] || op_set_boot "$op_make_name" masked
}

# op_unit_links NAME: the links in /etc/systemd/system by which it is enabled, aliased or masked, with what they lead to.
op_unit_links() {
  find /etc/systemd/system -type l 2>/dev/null | sort | while read -r op_one_link; do
    op_leads=$(readlink -- "$op_one_link")
    if [ "${op_one_link##*/}" = "$(op_unit "$1")" ] || [ "${op_leads##*/}" = "$(op_unit "$1")" ]; then
      printf '%s %s\n' "$op_one_link" "$op_leads"
    fi
  done
}

# op_keep_service NAME: notes how it is, once in a transaction.
op_keep_service() {
  [ -n "${TX:-}" ] && [ -e "$TX/state" ] || return 0
  op_note=$TX/service-$(op_unit "$1")
  [ ! -e "$op_note" ] || return 0
  op_unit_links "$1" >"$op_note.links" &&
    printf '%s %s\n' "$(op_service_state "$1")" "$(op_service_boot "$1")" >"$op_note.new" && mv "$op_note.new" "$op_note"
}

# op_changed_for NAME: those of its unit files that were kept, so that it may run by what they became.
op_changed_for() {
  op_path_of=/etc/systemd/system/$(op_unit "$1")
  while read -r op_one_kept; do
    case $op_one_kept in
    "$op_path_of" | "$op_path_of.d/"*) printf '%s\n' "$op_one_kept" ;;
    esac
  done <"$TX/kept"
}

# op_service_back NAME: as it was noted. The steps that wrote its unit are undone only after this one, and it must not be
# started by what they wrote: those files are put back here.
op_service_back() {
  [ -n "${TX:-}" ] && [ -e "$TX/service-$(op_unit "$1")" ] || return 0
  op_back_name=$1
  op_note=$TX/service-$(op_unit "$1")
  read -r op_state_was op_boot_was <"$op_note"
  op_changed=
  [ ! -e "$TX/kept" ] || op_changed=$(op_changed_for "$1")
  printf '%s\n' "$op_changed" | while read -r op_one_kept; do
    [ -z "$op_one_kept" ] || op_put_back "$op_one_kept" || exit 1
  done || return 1
  if op_systemd; then
    op_unit_links "$op_back_name" | while read -r op_one_link op_leads; do rm -f -- "$op_one_link"; done
    while read -r op_one_link op_leads; do
      mkdir -p -- "${op_one_link%/*}" && ln -s -- "$op_leads" "$op_one_link" || return 1
    done <"$op_note.links"
    systemctl daemon-reload || return 1
  else
    case $op_boot_was in enabled | disabled) op_set_boot "$op_back_name" "$op_boot_was" || return 1 ;; esac
  fi
  case $op_state_was in
  running)
    op_set_state "$op_back_name" running "${op_changed:+anew}"
    ;;
  stopped | absent) [ "$(op_service_state "$op_back_name")" != running ] || op_set_state "$op_back_name" stopped ;;
  esac
}
