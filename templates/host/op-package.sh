# Packages, by whichever manager the host has. Function definitions only.
# shellcheck shell=sh

# op_manager [NAME]: apt, dnf, yum or zypper. A host of one family may have the manager of another installed, so apt comes
# first only where dpkg has something to say, and NAME overrides all that.
op_manager() {
  if [ -n "${1:-}" ]; then
    echo "$1"
  elif command -v apt-get >/dev/null 2>&1 && [ -s /var/lib/dpkg/status ]; then
    echo apt
  elif command -v dnf >/dev/null 2>&1; then
    echo dnf
  elif command -v yum >/dev/null 2>&1; then
    echo yum
  elif command -v zypper >/dev/null 2>&1; then
    echo zypper
  else
    echo 'none of apt-get, dnf, yum and zypper is there' >&2
    return 1
  fi
}

# op_installed MANAGER PACKAGE: its versions as the manager writes them, one a line; nothing when it is not installed.
op_installed() {
  case $1 in
  apt)
    # A package that was removed and left its configuration is in the list, too.
    # shellcheck disable=SC2016 # fields of dpkg-query
    dpkg-query -W -f='${db:Status-Abbrev} ${Version}\n' -- "$2" 2>/dev/null | sed -n 's/^[ih]i  *//p'
    ;;
  *) rpm -q --qf '%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n' -- "$2" 2>/dev/null | grep -v ' ' ;;
  esac
}

# op_version_fits VERSION WANTED: whether it is that one: all of it, or without its epoch, or of an rpm without its release.
# WANTED may be a pattern of the shell.
op_version_fits() {
  op_plain=${1#*:}
  # shellcheck disable=SC2254 # a pattern on purpose
  case $1 in $2) return 0 ;; esac
  # shellcheck disable=SC2254 # a pattern on purpose
  case $op_plain in $2) return 0 ;; esac
  # shellcheck disable=SC2254 # a pattern on purpose
  case ${op_plain%-*} in $2) return 0 ;; esac
  return 1
}

# op_held MANAGER PACKAGE: held or free. Read from the files that the managers' own commands write: dnf's and yum's are plugins,
# which may be missing.
op_held() {
  op_hold=free
  case $1 in
  apt) [ -z "$(apt-mark showhold "$2" 2>/dev/null)" ] || op_hold=held ;;
  dnf | yum)
    op_name=$(printf '%s' "$2" | sed 's/[][\.*^$]/\\&/g')
    ! grep -qE "^(\"?)$(printf '%s' "$op_name" | sed 's/+/[+]/g')-([0-9]+:)?[0-9]" /etc/dnf/plugins/versionlock.list \
      /etc/yum/pluginconf.d/versionlock.list 2>/dev/null || op_hold=held
    ;;
  zypper) ! grep -qxF "solvable_name: $2" /etc/zypp/locks 2>/dev/null || op_hold=held ;;
  esac
  echo "$op_hold"
}

# op_package MANAGER PACKAGE VERSION HOLD: a record line of whether it is there, in VERSION when one is wanted; and one of
# whether it is held, when that is of interest.
op_package() {
  op_with=$(op_manager "$1") || return 1
  op_have=$(op_installed "$op_with" "$2")
  if [ -z "$op_have" ]; then
    printf '%s=absent\n' "$2"
  elif [ -z "$3" ]; then
    printf '%s=present\n' "$2"
  else
    op_newest=$(printf '%s\n' "$op_have" | tail -n 1)
    if op_version_fits "$op_newest" "$3"; then op_newest=$3; fi
    printf '%s=%s\n' "$2" "$op_newest"
  fi
  [ -z "$4" ] || printf '%s.hold=%s\n' "$2" "$(op_held "$op_with" "$2")"
}

# op_apt ARGUMENT…: asks nothing, keeps configuration files that were changed, and waits for another apt.
op_apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -y -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# op_install MANAGER VERSION PACKAGE…: with VERSION there is one package. The lists of apt are only fetched anew when what
# is asked for cannot be had by those that are there.
op_install() {
  op_with=$(op_manager "$1") || return 1
  op_of=$2
  shift 2
  case $op_with in
  apt)
    if [ -n "$op_of" ]; then set -- --allow-downgrades --allow-change-held-packages "$1=$op_of"; fi
    op_apt install "$@" || { op_apt update && op_apt install "$@"; }
    ;;
  dnf)
    if [ -n "$op_of" ]; then set -- "$1-$op_of"; fi
    dnf -q -y install "$@"
    ;;
  yum)
    if [ -n "$op_of" ]; then set -- "$1-$op_of"; fi
    # yum of EL7 does not go back by `install`.
    yum -q -y install "$@" && { [ -z "$op_of" ] || rpm -q -- "$1" >/dev/null || yum -q -y downgrade "$@"; }
    ;;
  zypper)
    case $op_of in
    *[*?[]*)
      echo "zypper takes a whole version, and no pattern such as $op_of" >&2
      return 1
      ;;
    esac
    if [ -n "$op_of" ]; then set -- --oldpackage "$1=$op_of"; fi
    zypper --non-interactive --quiet install --auto-agree-with-licenses "$@"
    ;;
  esac
}

# op_remove MANAGER PACKAGE…: with what needs them; configuration stays.
op_remove() {
  op_with=$(op_manager "$1") || return 1
  shift
  case $op_with in
  apt) op_apt remove "$@" ;;
  dnf | yum) "$op_with" -q -y remove "$@" ;;
  zypper) zypper --non-interactive --quiet remove "$@" ;;
  esac
}

# op_hold_package MANAGER held|free PACKAGE…
op_hold_package() {
  op_with=$(op_manager "$1") || return 1
  op_hold=$2
  shift 2
  case $op_with.$op_hold in
  apt.held) apt-mark -q hold "$@" ;;
  apt.free) apt-mark -q unhold "$@" ;;
  dnf.held | yum.held) "$op_with" -q -y versionlock add "$@" ;;
  dnf.free | yum.free) "$op_with" -q -y versionlock delete "$@" ;;
  zypper.held) zypper --non-interactive --quiet addlock "$@" ;;
  zypper.free) zypper --non-interactive --quiet removelock "$@" ;;
  esac
}
