# Files from elsewhere: downloads, archives, checkouts. They call the functions of op-files. Function definitions only.
# shellcheck shell=sh

# op_get URL FILE: by whatever the host has for it.
op_get() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --connect-timeout 30 --retry 2 --output "$2" -- "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -T 30 -O "$2" "$1" || {
      echo "wget could not fetch $1" >&2
      return 1
    }
  else
    echo 'there is neither curl nor wget' >&2
    return 1
  fi
}

# op_download URL SHA256 PATH MODE OWNER GROUP: fetched aside, and only taken when it is what was asked for.
op_download() (
  op_got=$(mktemp "$(dirname -- "$3")/.ovsfleet.XXXXXXXXXX") || exit 1
  trap 'rm -f "$op_got"' EXIT
  op_get "$1" "$op_got" || exit 1
  op_sum=$(sha256sum <"$op_got") || exit 1
  if [ "${op_sum%% *}" != "$2" ]; then
    echo "$1 has sha256 ${op_sum%% *}, not $2; nothing was taken of it" >&2
    exit 1
  fi
  op_write "$3" "$4" "$5" "$6" <"$op_got"
)

# op_unpacked DIRECTORY: the digest of the archive that was unpacked there; `none`.
op_unpacked() {
  cat "$1/.ovsfleet-unpacked" 2>/dev/null || echo none
}

# op_unpack FORMAT ARCHIVE SHA256 DIRECTORY STRIP: unpacks it, and notes which it was when all of it is there.
op_unpack() (
  op_sum=$(sha256sum <"$2") || exit 1
  if [ "${op_sum%% *}" != "$3" ]; then
    echo "$2 has sha256 ${op_sum%% *}, not $3" >&2
    exit 1
  fi
  umask 022
  mkdir -p "$4" && rm -f "$4/.ovsfleet-unpacked" || exit 1
  case $1 in
  zip)
    command -v unzip >/dev/null 2>&1 || {
      echo 'there is no unzip' >&2
      exit 1
    }
    unzip -q -o "$2" -d "$4"
    ;;
  tar) tar -x -f "$2" -C "$4" --strip-components="$5" ;;
  gz) tar -x -z -f "$2" -C "$4" --strip-components="$5" ;;
  bz2) tar -x -j -f "$2" -C "$4" --strip-components="$5" ;;
  xz) tar -x -J -f "$2" -C "$4" --strip-components="$5" ;;
  esac && printf '%s\n' "$3" >"$4/.ovsfleet-unpacked"
)

# op_git DIRECTORY ARGUMENT…: git there, which asks nobody anything, whoever owns the checkout.
op_git() {
  op_in=$1
  shift
  GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND='ssh -o BatchMode=yes' timeout 300 git -c safe.directory="$op_in" -C "$op_in" "$@"
}

# op_git_remote REPOSITORY tag|branch NAME: the commit that it has for it. A tag may point to an object that points to a commit.
op_git_remote() {
  case $2 in
  tag) op_ref=refs/tags/$3 ;;
  branch) op_ref=refs/heads/$3 ;;
  esac
  op_refs=$(op_git / ls-remote "$1" "$op_ref" "$op_ref^{}") || return 1
  if [ -z "$op_refs" ]; then
    echo "$1 has no $2 $3" >&2
    return 1
  fi
  printf '%s\n' "$op_refs" | tail -n 1 | cut -f 1
}

# op_checkout DIRECTORY REPOSITORY commit|tag|branch NAME: a record of where it is from, what is checked out and whether
# somebody has changed it.
op_checkout() {
  if [ ! -e "$1/.git" ] || ! command -v git >/dev/null 2>&1; then
    echo 'origin=absent'
    return 0
  fi
  printf 'origin=%s\n' "$(op_git "$1" config --get remote.origin.url)"
  op_head=$(op_git "$1" rev-parse --verify -q HEAD)
  if [ "$3" = commit ]; then
    printf 'checkout=commit %s\n' "$op_head"
  else
    op_there=$(op_git_remote "$2" "$3" "$4") || return 1
    if [ "$op_head" = "$op_there" ]; then printf 'checkout=%s %s\n' "$3" "$4"; else printf 'checkout=commit %s\n' "$op_head"; fi
  fi
  op_dirty=$(op_git "$1" status --porcelain --untracked-files=no | wc -l)
  if [ "$op_dirty" -eq 0 ]; then echo 'files=as committed'; else echo "files=$((op_dirty)) changed"; fi
}

# op_check_out DIRECTORY REPOSITORY commit|tag|branch NAME: what somebody has changed there is not thrown away.
op_check_out() {
  command -v git >/dev/null 2>&1 || {
    echo 'there is no git' >&2
    return 1
  }
  if [ ! -e "$1/.git" ]; then
    op_git / clone -q --no-checkout -- "$2" "$1" || return 1
  else
    if [ -n "$(op_git "$1" status --porcelain --untracked-files=no)" ]; then
      echo "files in $1 were changed since they were checked out; commit them, or put them back: git -C $1 checkout ." >&2
      return 1
    fi
    op_git "$1" remote set-url origin "$2" && op_git "$1" fetch -q --tags --force origin || return 1
  fi
  case $3 in
  commit) op_git "$1" checkout -q --detach "$4" ;;
  tag) op_git "$1" checkout -q --detach "refs/tags/$4" ;;
  branch) op_git "$1" checkout -q -B "$4" "refs/remotes/origin/$4" ;;
  esac
}
