# Users and groups, by the programs of shadow-utils. Function definitions only.
# shellcheck shell=sh

# op_entry passwd|group NAME: its line; getent asks directories, too.
op_entry() {
  if command -v getent >/dev/null 2>&1; then
    getent "$1" "$2"
  else
    op_name=$2 awk -F : '$1 == ENVIRON["op_name"] { print; exit }' "/etc/$1"
  fi
}

# op_user NAME KEYS GROUP…: a record of `is`, and of those KEYS: uid, group, home, shell, comment, groups (all but the first),
# in (those of GROUP… that it is in).
op_user() {
  op_user_name=$1
  op_user_keys=$2
  shift 2
  op_line_of=$(op_entry passwd "$op_user_name")
  if [ -z "$op_line_of" ]; then
    echo 'is=absent'
    return 0
  fi
  echo 'is=present'
  for op_key in $op_user_keys; do
    case $op_key in
    uid) op_value=$(printf '%s' "$op_line_of" | cut -d : -f 3) ;;
    group) op_value=$(id -gn "$op_user_name") ;;
    comment) op_value=$(printf '%s' "$op_line_of" | cut -d : -f 5) ;;
    home) op_value=$(printf '%s' "$op_line_of" | cut -d : -f 6) ;;
    shell) op_value=$(printf '%s' "$op_line_of" | cut -d : -f 7) ;;
    groups) op_value=$(id -Gn "$op_user_name" | tr ' ' '\n' | grep -vxF -e "$(id -gn "$op_user_name")" | sort -u | tr '\n' , | sed 's/,$//') ;;
    in)
      op_value=
      for op_one; do
        if id -Gn "$op_user_name" | tr ' ' '\n' | grep -qxF -e "$op_one"; then op_value=$op_value,$op_one; fi
      done
      op_value=${op_value#,}
      ;;
    esac
    printf '%s=%s\n' "$op_key" "$op_value"
  done
}

# op_make_user NAME SYSTEM UID GROUP HOME SHELL COMMENT SET GROUPS IN: what is empty is left to the host. SET is `groups` when GROUPS
# are all that it shall be in.
op_make_user() {
  op_u_name=$1 op_u_system=$2 op_u_uid=$3 op_u_group=$4 op_u_home=$5 op_u_shell=$6 op_u_comment=$7 op_u_set=$8
  shift 8
  op_u_groups=$1 op_u_in=$2
  set --
  [ -z "$op_u_uid" ] || set -- "$@" -u "$op_u_uid"
  [ -z "$op_u_group" ] || set -- "$@" -g "$op_u_group"
  [ -z "$op_u_home" ] || set -- "$@" -d "$op_u_home"
  [ -z "$op_u_shell" ] || set -- "$@" -s "$op_u_shell"
  [ -z "$op_u_comment" ] || set -- "$@" -c "$op_u_comment"
  if [ -n "$(op_entry passwd "$op_u_name")" ]; then
    [ -z "$op_u_set" ] || set -- "$@" -G "$op_u_groups"
    [ "$#" -eq 0 ] || usermod "$@" "$op_u_name" || return 1
    # In a run of its own: -a belongs to -G, and both lists cannot be given at once.
    [ -z "$op_u_in" ] || usermod -a -G "$op_u_in" "$op_u_name"
  else
    op_all=$op_u_groups${op_u_groups:+${op_u_in:+,}}$op_u_in
    [ -z "$op_all" ] || set -- "$@" -G "$op_all"
    if [ -n "$op_u_system" ]; then set -- "$@" -r; else set -- "$@" -m; fi
    useradd "$@" "$op_u_name"
  fi
}

# op_group NAME: a record of `is` and `gid`.
op_group() {
  op_line_of=$(op_entry group "$1")
  if [ -z "$op_line_of" ]; then
    echo 'is=absent'
  else
    printf 'is=present\ngid=%s\n' "$(printf '%s' "$op_line_of" | cut -d : -f 3)"
  fi
}

# op_make_group NAME SYSTEM GID
op_make_group() {
  if [ -n "$(op_entry group "$1")" ]; then
    [ -z "$3" ] || groupmod -g "$3" "$1"
  else
    op_g_name=$1
    op_g_system=$2
    op_g_gid=$3
    set --
    [ -z "$op_g_system" ] || set -- "$@" -r
    [ -z "$op_g_gid" ] || set -- "$@" -g "$op_g_gid"
    groupadd "$@" "$op_g_name"
  fi
}
