# Files of a host: what they are, and how they are replaced as a whole. Function definitions only.
# shellcheck shell=sh

# op_kind PATH: file, directory, link, other or absent.
op_kind() {
  if [ -L "$1" ]; then
    echo link
  elif [ -f "$1" ]; then
    echo file
  elif [ -d "$1" ]; then
    echo directory
  elif [ -e "$1" ]; then
    echo other
  else
    echo absent
  fi
}

# op_mode PATH: its mode with all four digits.
op_mode() {
  op_digits=000$(stat -c %a -- "$1") && printf '%s' "${op_digits#"${op_digits%????}"}"
}

# op_file PATH KEY…: a record of what is there: `is`, and those keys of it that it has: content (sha256), mode, owner, uid,
# group, gid, to (of a link), text (whether it is the one on stdin).
op_file() {
  op_path=$1
  shift
  op_is=$(op_kind "$op_path")
  printf 'is=%s\n' "$op_is"
  [ "$op_is" != absent ] || return 0
  for op_key; do
    case $op_is.$op_key in
    file.content) op_value=$(sha256sum <"$op_path") && op_value=${op_value%% *} ;;
    file.text) if cmp -s - "$op_path"; then op_value='as wanted'; else op_value='another one'; fi ;;
    link.to) op_value=$(readlink -- "$op_path") ;;
    *.content | *.text | *.to | link.*) continue ;;
    *.mode) op_value=$(op_mode "$op_path") ;;
    *.owner) op_value=$(stat -c %U -- "$op_path") ;;
    *.uid) op_value=$(stat -c %u -- "$op_path") ;;
    *.group) op_value=$(stat -c %G -- "$op_path") ;;
    *.gid) op_value=$(stat -c %g -- "$op_path") ;;
    *) continue ;;
    esac || return 1
    printf '%s=%s\n' "$op_key" "$op_value"
  done
}

# op_attributes PATH MODE OWNER GROUP: sets those that are not empty. Owners first: chown takes the set-user-id bit away.
op_attributes() {
  if [ -n "$3" ]; then chown -h -- "$3" "$1" || return 1; fi
  if [ -n "$4" ]; then chgrp -h -- "$4" "$1" || return 1; fi
  if [ -n "$2" ]; then chmod -- "$2" "$1" || return 1; fi
}

# op_label PATH: the security context that the policy has for a path, where there is a policy.
op_label() {
  if command -v restorecon >/dev/null 2>&1; then restorecon -F -- "$1" >/dev/null 2>&1 || :; fi
}

# op_write PATH MODE OWNER GROUP: what is on stdin becomes the file, written aside and renamed. Empty MODE, OWNER and GROUP
# stay what they are; a new file has 0644. A file that holds that already keeps its place and only gets the attributes.
op_write() (
  umask 077
  op_into=$(dirname -- "$1")
  if [ ! -d "$op_into" ]; then
    echo "there is no directory $op_into to put ${1##*/} into" >&2
    exit 1
  fi
  op_was=$(op_kind "$1")
  if [ "$op_was" = directory ] || [ "$op_was" = other ]; then
    echo "$1 is there, and no file" >&2
    exit 1
  fi
  op_new=$(mktemp "$op_into/.ovsfleet.XXXXXXXXXX") || exit 1
  trap 'rm -f "$op_new"' EXIT
  cat >"$op_new" || exit 1
  if [ "$op_was" = file ] && cmp -s "$op_new" "$1"; then
    op_attributes "$1" "$2" "$3" "$4"
    exit
  fi
  op_new_mode=0644
  if [ "$op_was" = file ]; then
    op_new_mode=$(op_mode "$1")
    chown "$(stat -c %u:%g -- "$1")" "$op_new" || exit 1
  fi
  op_attributes "$op_new" "${2:-$op_new_mode}" "$3" "$4" && mv -f -- "$op_new" "$1" && op_label "$1"
)

# op_directory PATH MODE OWNER GROUP: there is that directory; those above it are made, too, 0755.
op_directory() {
  case $(op_kind "$1") in
  directory) ;;
  absent) (umask 022 && mkdir -p -- "$1") && op_label "$1" || return 1 ;;
  *)
    echo "$1 is there, and no directory" >&2
    return 1
    ;;
  esac
  op_attributes "$1" "$2" "$3" "$4"
}

# op_link PATH TO: a symbolic link in the place of nothing, of a file or of another link; never of a directory.
op_link() {
  if [ "$(op_kind "$1")" = directory ]; then
    echo "$1 is a directory, which no link takes the place of" >&2
    return 1
  fi
  op_link_new=$1.ovsfleet.$$
  rm -f -- "$op_link_new"
  # mv -T is not in busybox of old; a link that leads to a directory would be followed by mv.
  ln -s -- "$2" "$op_link_new" && { [ ! -L "$1" ] || rm -f -- "$1"; } && mv -f -- "$op_link_new" "$1"
}

# op_kept PATH: where a transaction keeps what was there; nothing outside of one.
op_kept() {
  [ -n "${TX:-}" ] && [ -e "$TX/state" ] || return 1
  op_sum=$(printf '%s' "$1" | sha256sum) && printf '%s/kept-%s' "$TX" "${op_sum%% *}"
}

# op_keep PATH: keeps what is there for op_put_back, once in a transaction; outside of one it does nothing.
op_keep() {
  op_to=$(op_kept "$1") || return 0
  if [ -e "$op_to" ] || [ -e "$op_to.absent" ]; then return 0; fi
  printf '%s\n' "$1" >>"$TX/kept" || return 1
  if [ "$(op_kind "$1")" = absent ]; then
    : >"$op_to.absent"
  else
    # The copy is within a directory, so that a link is kept as a link.
    rm -rf "$op_to.new" && mkdir "$op_to.new" && cp -a -- "$1" "$op_to.new/it" && mv "$op_to.new" "$op_to"
  fi
}

# op_alike FILE OTHER: both are files or both are links, and in all that op_file reads they are the same.
op_alike() {
  case $(op_kind "$1") in
  file | link) [ "$(op_file "$1" content to mode uid gid)" = "$(op_file "$2" content to mode uid gid)" ] ;;
  *) return 1 ;;
  esac
}

# op_put_back PATH: what was there when it was kept is there again; nothing when it was not kept, or is there already: a
# service that was started since would seem to have missed a change.
op_put_back() {
  op_from=$(op_kept "$1") || return 0
  if [ -e "$op_from.absent" ]; then
    rm -rf -- "$1"
  elif [ -e "$op_from" ] && ! op_alike "$op_from/it" "$1"; then
    rm -rf -- "$1.ovsfleet.back" && cp -a -- "$op_from/it" "$1.ovsfleet.back" &&
      { [ ! -d "$1" ] || [ -L "$1" ] || rm -rf -- "$1"; } && { [ ! -L "$1" ] || rm -f -- "$1"; } &&
      mv -f -- "$1.ovsfleet.back" "$1"
  fi
}
