# shellcheck shell=sh
# Packages that a builder or a host must have. Function definitions only; they need ovs-base.

# ovs__packager: apt | dnf | yum | zypper, or nothing.
ovs__packager() {
  for ovs__name in apt-get dnf yum zypper; do
    if command -v "$ovs__name" >/dev/null 2>&1; then
      echo "${ovs__name%-get}"
      return
    fi
  done
}

# ovs_packages_missing PACKAGES...: those that are not there, on one line; `none`.
ovs_packages_missing() (
  missing=
  for name in "$@"; do
    if command -v dpkg-query >/dev/null 2>&1; then
      # shellcheck disable=SC2016 # dpkg fills it in
      case $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) in ?i*) continue ;; esac
    elif command -v rpm >/dev/null 2>&1; then
      # a name with its version is no capability
      if timeout 20 rpm -q "$name" >/dev/null 2>&1 || timeout 20 rpm -q --whatprovides "$name" >/dev/null 2>&1; then continue; fi
    else
      ovs__no "there is neither dpkg nor rpm here, so nothing says which packages there are" || return 1
    fi
    missing="$missing${missing:+ }$name"
  done
  printf '%s\n' "${missing:-none}"
)

# ovs_module_tools_missing DIRECTORY HEADERS PACKAGES...: of what modules are compiled with: the packages that are not there, and HEADERS (may be empty) where
# DIRECTORY has none: they may be there by no package.
ovs_module_tools_missing() (
  dir=${OVS_ROOT:-}$1
  headers=$2
  shift 2
  if [ ! -e "$dir/Makefile" ] && [ -n "$headers" ]; then set -- "$@" "$headers"; fi
  ovs_packages_missing "$@"
)

# ovs_packages_install PACKAGES...: installs those that are missing, by nothing that would remove others.
ovs_packages_install() (
  missing=$(ovs_packages_missing "$@") || return 1
  [ "$missing" != none ] || return 0
  # shellcheck disable=SC2086 # one word a package
  set -- $missing
  case $(ovs__packager) in
    apt)
      export DEBIAN_FRONTEND=noninteractive
      apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends --no-remove install "$@" && return 0
      # its lists may be missing or old
      apt-get -q -o DPkg::Lock::Timeout=300 update && apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends --no-remove install "$@"
      ;;
    dnf) dnf -y --setopt=install_weak_deps=False install "$@" ;;
    yum) yum -y install "$@" ;;
    zypper) zypper --non-interactive install --no-recommends "$@" ;;
    *) ovs__no "there is none of apt, dnf, yum and zypper here" ;;
  esac
)

# ovs_module_tools_install DIRECTORY HEADERS PACKAGES...: installs those that ovs_module_tools_missing tells.
ovs_module_tools_install() (
  missing=$(ovs_module_tools_missing "$@") || return 1
  [ "$missing" != none ] || return 0
  # shellcheck disable=SC2086 # one word a package
  ovs_packages_install $missing
)
