# shellcheck shell=sh
# What a host has to build Open vSwitch with, what its kernel can, and which Open vSwitch is on it already: for people, and for
# preflights. Function definitions only; nothing is changed. This changes with every package, so no playbook sees it.
# $OVS_ROOT stands before every path; it is empty on a host and a made-up tree in unit tests.

# ovs__kernel_config_text RELEASE: the kernel's configuration by the first place that has it, after a line `# PATH`; nothing when none has.
ovs__kernel_config_text() {
  for ovs__place in "/boot/config-$1" "/lib/modules/$1/config" "/usr/lib/modules/$1/config" "/lib/modules/$1/build/.config"; do
    [ -r "${OVS_ROOT:-}$ovs__place" ] || continue
    printf '# %s\n' "$ovs__place"
    cat "${OVS_ROOT:-}$ovs__place"
    return
  done
  # of the running kernel alone
  if [ -r "${OVS_ROOT:-}/proc/config.gz" ] && [ "$1" = "$(uname -r)" ]; then
    printf '# /proc/config.gz\n'
    gzip -dc "${OVS_ROOT:-}/proc/config.gz" 2>/dev/null
  fi
}

# ovs__has_module RELEASE NAME: whether a module of that name is built into the kernel or installed for it.
ovs__has_module() {
  cat "${OVS_ROOT:-}/lib/modules/$1/modules.builtin" "${OVS_ROOT:-}/lib/modules/$1/modules.dep" 2>/dev/null |
    sed 's/:.*//; s/.*\///; s/\.ko.*//' | tr - _ | grep -qx "$2"
}

# ovs_kernel_facts RELEASE: `config.from`, and `config.NAME` = yes | no | unknown for what Open vSwitch asks of a kernel. `no` only
# where a configuration was found that does not have it: hosts that keep none are many.
ovs_kernel_facts() (
  text=$(ovs__kernel_config_text "$1")
  from=$(printf '%s\n' "$text" | sed -n '1s/^# //p')
  printf 'config.from=%s\n' "${from:-none}"
  for pair in NET_CLS_BASIC:cls_basic NET_SCH_INGRESS:sch_ingress NET_ACT_POLICE:act_police TUN:tun NET_SCH_HTB:sch_htb \
    OPENVSWITCH:openvswitch NET_IPGRE:ip_gre MODULE_SIG_FORCE:-; do
    name=${pair%%:*} module=${pair#*:}
    if printf '%s\n' "$text" | grep -q "^CONFIG_$name=[ym]"; then
      answer=yes
    elif [ "$module" != - ] && ovs__has_module "$1" "$module"; then
      answer=yes
    elif [ -n "$from" ]; then
      answer=no
    else
      answer=unknown
    fi
    printf 'config.%s=%s\n' "$name" "$answer"
  done
  if [ -d "${OVS_ROOT:-}/sys/module/ip_gre" ]; then echo ip_gre.loaded=yes; else echo ip_gre.loaded=no; fi
  build=${OVS_ROOT:-}/lib/modules/$1/build
  if [ -e "$build/Makefile" ]; then
    printf 'kernel.build=%s\n' "$(readlink -f "$build")"
  elif [ -L "$build" ]; then
    printf 'kernel.build=dangling: %s\n' "$(readlink "$build")"
  else
    echo kernel.build=none
  fi
  printf 'kernel.compiler=%s\n' "$(sed -n 's/.*gcc version \([0-9.]*\).*/\1/p; t
    s/.*gcc[^(]*([^)]*) \([0-9.]*\).*/\1/p; t
    s/.*\(clang version [0-9.]*\).*/\1/p' "${OVS_ROOT:-}/proc/version" 2>/dev/null)"
  # after an update without a reboot the running kernel is not the newest, and it is the newest that boots next
  newest=$(for dir in "${OVS_ROOT:-}"/lib/modules/*/; do
    [ -e "${dir}modules.dep" ] || [ -e "${dir}modules.builtin" ] || continue
    dir=${dir%/}
    printf '%s\n' "${dir##*/}"
  done | sort -V 2>/dev/null | tail -n 1)
  printf 'kernel.newest=%s\n' "${newest:-unknown}"
)

# ovs_signature_facts: whether the kernel insists on signed modules.
ovs_signature_facts() (
  secure=unknown
  for file in "${OVS_ROOT:-}"/sys/firmware/efi/efivars/SecureBoot-*; do
    [ -r "$file" ] || continue
    # four bytes of attributes, then one of value
    case $(od -An -tu1 -j4 -N1 "$file" 2>/dev/null | tr -d ' ') in 1) secure=on ;; 0) secure=off ;; esac
  done
  [ "$secure" != unknown ] || [ -d "${OVS_ROOT:-}/sys/firmware/efi" ] || secure=off
  printf 'signatures.secureboot=%s\n' "$secure"
  read -r enforce <"${OVS_ROOT:-}/sys/module/module/parameters/sig_enforce" 2>/dev/null || enforce=
  case $enforce in Y | 1) enforce=yes ;; N | 0) enforce=no ;; *) enforce=unknown ;; esac
  printf 'signatures.enforce=%s\n' "$enforce"
  lockdown=$(sed -n 's/.*\[\([a-z]*\)\].*/\1/p' "${OVS_ROOT:-}/sys/kernel/security/lockdown" 2>/dev/null)
  printf 'signatures.lockdown=%s\n' "${lockdown:-unknown}"
) 2>/dev/null

# ovs__version WORDS...: the first thing like a version that a command prints in its first lines, or nothing.
ovs__version() {
  timeout 10 "$@" 2>&1 </dev/null | head -n 3 | sed -n 's/^[^0-9]*\([0-9][0-9]*\(\.[0-9][0-9]*\)\{1,3\}\).*/\1/p' | head -n 1
}

# ovs__tool KEY PROGRAM WORDS...: `KEY=VERSION`, `KEY=none` where there is no such program.
ovs__tool() {
  ovs__key=$1
  shift
  if command -v "$1" >/dev/null 2>&1; then
    ovs__found=$(ovs__version "$@")
    printf '%s=%s\n' "$ovs__key" "${ovs__found:-unknown}"
  else
    printf '%s=none\n' "$ovs__key"
  fi
}

# ovs__pythons: `python.VERSION=PATH` for each interpreter on PATH, and `python.six` = yes where one of Python 2 has it.
ovs__pythons() (
  six=no
  seen=' '
  for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python3.7 python3.6 python2 python2.7 python; do
    path=$(command -v "$name" 2>/dev/null) || continue
    # a name may be a manager's stand-in for an interpreter that is not there
    version=$(timeout 10 "$path" -V 2>&1) || continue
    version=${version#Python }
    case $seen in *" $version "*) continue ;; esac
    seen="$seen$version "
    printf 'python.%s=%s\n' "$version" "$path"
    case $version in 2.*) if timeout 10 "$path" -c 'import six' 2>/dev/null; then six=yes; fi ;; esac
  done
  printf 'python.six=%s\n' "$six"
)

# ovs_tool_facts: what would compile.
ovs_tool_facts() {
  ovs__tool tool.compiler "${CC:-gcc}" -dumpfullversion -dumpversion
  ovs__tool tool.make make --version
  ovs__tool tool.autoconf autoconf --version
  ovs__tool tool.automake automake --version
  ovs__tool tool.libtool libtoolize --version
  ovs__pythons
  ovs__tool tool.openssl openssl version
  ovs__ssl=$(sed -n 's/^#[ \t]*define[ \t]*OPENSSL_VERSION_\(TEXT\|STR\)[^0-9]*\([0-9][0-9.]*\).*/\2/p' \
    "${OVS_ROOT:-}/usr/include/openssl/opensslv.h" "${OVS_ROOT:-}"/usr/include/*/openssl/opensslv.h 2>/dev/null | head -n 1)
  printf 'headers.openssl=%s\n' "${ovs__ssl:-none}"
  ovs__capng=none
  for ovs__file in "${OVS_ROOT:-}/usr/include/cap-ng.h" "${OVS_ROOT:-}"/usr/include/*/cap-ng.h; do
    [ ! -e "$ovs__file" ] || ovs__capng=yes
  done
  printf 'headers.libcap-ng=%s\n' "$ovs__capng"
}

# ovs__free_megabytes DIRECTORY: what is free where it is or would be made.
ovs__free_megabytes() (
  dir=$1
  while [ ! -d "$dir" ] && [ -n "$dir" ]; do dir=${dir%/*}; done
  df -Pk "${dir:-/}" 2>/dev/null | awk 'NR == 2 { printf "%d", $4 / 1024 }'
)

# ovs_room_facts: megabytes that are free where things are built and kept, and memory that is there.
ovs_room_facts() {
  printf 'free.build=%s\n' "$(ovs__free_megabytes "${OVS_ROOT:-}/var/cache/ovsfleet")"
  printf 'free.releases=%s\n' "$(ovs__free_megabytes "${OVS_ROOT:-}/opt/ovsfleet")"
  printf 'free.modules=%s\n' "$(ovs__free_megabytes "${OVS_ROOT:-}/lib/modules")"
  awk '/^MemAvailable:/ { a = $2 } /^MemFree:/ { f = $2 } /^SwapFree:/ { s = $2 } END { printf "memory=%d\nswap=%d\n", (a ? a : f) / 1024, s / 1024 }' \
    "${OVS_ROOT:-}/proc/meminfo" 2>/dev/null
  for ovs__device in urandom net/tun; do
    if [ -c "${OVS_ROOT:-}/dev/$ovs__device" ]; then echo "dev.$ovs__device=yes"; else echo "dev.$ovs__device=no"; fi
  done
}

# ovs__packages: `PACKAGE VERSION held|free` for each installed package of Open vSwitch.
ovs__packages() (
  if command -v dpkg-query >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # dpkg fills these in
    timeout 20 dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' '*openvswitch*' 2>/dev/null |
      awk '$1 ~ /^[ih]i/ { print $2, $3, ($1 ~ /^h/ ? "held" : "free") }'
  elif command -v rpm >/dev/null 2>&1; then
    locked=$(cat "${OVS_ROOT:-}/etc/dnf/plugins/versionlock.list" "${OVS_ROOT:-}/etc/yum/pluginconf.d/versionlock.list" "${OVS_ROOT:-}/etc/zypp/locks" 2>/dev/null)
    timeout 20 rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE}\n' '*openvswitch*' 2>/dev/null | sort |
      while read -r name version; do
        case $locked in *"$name"*) held=held ;; *) held=free ;; esac
        printf '%s %s %s\n' "$name" "$version" "$held"
      done
  fi
)

# ovs_installed_facts: every ovs-vswitchd that is there, the files that run, packages, and how a module would be found.
ovs_installed_facts() (
  for file in "${OVS_ROOT:-}"/usr/sbin/ovs-vswitchd "${OVS_ROOT:-}"/usr/local/sbin/ovs-vswitchd "${OVS_ROOT:-}"/usr/lib/openvswitch*/ovs-vswitchd \
    "${OVS_ROOT:-}"/opt/*/sbin/ovs-vswitchd "${OVS_ROOT:-}"/opt/ovsfleet/ovs/*/sbin/ovs-vswitchd; do
    if [ ! -x "$file" ] || [ ! -f "$file" ]; then continue; fi
    # a link is another name of one that is told anyway
    case $file in */ovs/current/*) continue ;; esac
    if [ -L "$file" ]; then continue; fi
    printf 'installed.%s=%s\n' "${file#"${OVS_ROOT:-}"}" "$(ovs__version "$file" --version)"
  done
  for pid in $(ovs__pids ovs-vswitchd); do
    printf 'running.%s=%s\n' "$pid" "$(readlink "${OVS_ROOT:-}/proc/$pid/exe" 2>/dev/null)"
  done
  ovs__packages | while read -r name version held; do printf 'package.%s=%s%s\n' "$name" "$version" "$([ "$held" = held ] && echo ' (held)')"; done
  if command -v modinfo >/dev/null 2>&1; then
    file=$(timeout 10 modinfo -n openvswitch 2>/dev/null)
    printf 'module.file=%s\n' "${file:-none}"
  else
    echo module.file=unknown
  fi
  if [ -d "${OVS_ROOT:-}/sys/module/openvswitch" ]; then
    read -r version 2>/dev/null <"${OVS_ROOT:-}/sys/module/openvswitch/srcversion" || version='of unknown source version'
    printf 'module.loaded=%s\n' "$version"
  else
    echo module.loaded=none
  fi
  printf 'module.search=%s\n' "$(cat "${OVS_ROOT:-}"/lib/depmod.d/*.conf "${OVS_ROOT:-}"/usr/lib/depmod.d/*.conf "${OVS_ROOT:-}"/etc/depmod.d/*.conf 2>/dev/null |
    sed -n 's/^[ \t]*search[ \t]*//p' | tail -n 1)"
)

# ovs_survey: all of it.
ovs_survey() {
  ovs_kernel_facts "$(uname -r)"
  ovs_signature_facts
  ovs_tool_facts
  ovs_room_facts
  ovs_installed_facts
}
