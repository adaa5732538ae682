# shellcheck shell=sh
# Open vSwitch on a host that has none, or one that lies idle. Function definitions only; they need ovs-base, ovs-layout,
# ovs-release, ovs-owner and ovs-build-facts.

# ovs_current: the build that /opt/ovsfleet/ovs/current points at and whose tools a login finds; `none`; `ID, but …`.
ovs_current() (
  id=$(readlink "${OVS_ROOT:-}/opt/ovsfleet/ovs/current") || {
    echo none
    return 0
  }
  lost=$(ovs__tool_links | while read -r name _; do
    if [ ! -e "${OVS_ROOT:-}$name" ] && [ ! -L "${OVS_ROOT:-}$name" ]; then printf ' %s' "$name"; fi
  done)
  printf '%s%s\n' "$id" "${lost:+, without$lost}"
)

# ovs_make_current ID: that build is the one that its host's units and logins use. Only links: no daemon is touched.
ovs_make_current() {
  mkdir -p "${OVS_ROOT:-}/opt/ovsfleet/ovs" || return 1
  ovs__link "$1" "${OVS_ROOT:-}/opt/ovsfleet/ovs/current" || ovs__no "cannot switch /opt/ovsfleet/ovs/current" || return 1
  ovs__reload_text | ovs__put "${OVS_ROOT:-}/opt/ovsfleet/lib/ovs-systemd-reload" 755 || return 1
  ovs__tool_links | while read -r ovs__name ovs__target; do
    # never over a file or a link that is not ours
    if [ ! -e "${OVS_ROOT:-}$ovs__name" ] && [ ! -L "${OVS_ROOT:-}$ovs__name" ]; then
      mkdir -p "${OVS_ROOT:-}${ovs__name%/*}" && ovs__link "$ovs__target" "${OVS_ROOT:-}$ovs__name"
    fi
  done
}

# ovs__foreign_units: units of a package's Open vSwitch that ours do not stand before by their name, and that are not masked.
ovs__foreign_units() (
  for unit in openvswitch-switch openvswitch-nonetwork ovs-record-hostname ovs-configure-rc-local; do
    for dir in /lib/systemd/system /usr/lib/systemd/system; do
      [ -e "${OVS_ROOT:-}$dir/$unit.service" ] || continue
      [ "$(readlink "${OVS_ROOT:-}/etc/systemd/system/$unit.service")" = /dev/null ] || printf '%s.service\n' "$unit"
      break
    done
  done
)

# ovs_foreign_units: the same on one line; `none`.
ovs_foreign_units() (
  units=$(ovs__foreign_units)
  printf '%s\n' "${units:-none}" | tr '\n' ' ' | sed 's/ $//'
  echo
)

# ovs_mask_foreign_units: a package's switch does not start any more, neither by itself nor by hand.
ovs_mask_foreign_units() (
  for unit in $(ovs__foreign_units); do
    timeout 180 systemctl mask --now "$unit" || return 1
  done
)

# ovs_unheld_packages: packages of Open vSwitch that an upgrade of the host could exchange and start, on one line; `none`.
ovs_unheld_packages() (
  names=$(ovs__packages | awk '$3 != "held" { printf "%s%s", (n++ ? " " : ""), $1 }')
  printf '%s\n' "${names:-none}"
)

# ovs_hold_packages: nothing of the kind happens to them.
ovs_hold_packages() (
  names=$(ovs_unheld_packages)
  [ "$names" != none ] || return 0
  # shellcheck disable=SC2086 # one word a package
  set -- $names
  if command -v apt-mark >/dev/null 2>&1; then
    timeout 60 apt-mark hold "$@"
  elif command -v dnf >/dev/null 2>&1; then
    timeout 300 dnf -y versionlock add "$@"
  elif command -v yum >/dev/null 2>&1; then
    timeout 300 yum -y versionlock add "$@"
  elif command -v zypper >/dev/null 2>&1; then
    timeout 60 zypper --non-interactive addlock "$@"
  fi
)

# ovs_install_objections ID RELEASE WHERE PACKAGE: why a release may not be put on this host as a fresh one, a sentence a line.
ovs_install_objections() (
  for name in ovs-vswitchd ovsdb-server; do
    pid=$(ovs__daemon_pid "$name") || continue
    if ovs__in_container "$pid"; then
      echo "$name runs there in a container: a second switch would fight with it"
      continue
    fi
    exe=$(readlink "${OVS_ROOT:-}/proc/$pid/exe")
    [ "$(ovs__build_of "$exe")" != "$1" ] || continue
    case $3:${exe% (deleted)} in
      # it is exchanged there, files and daemons, by whoever owns it
      usr:/usr/sbin/*)
        [ "$(ovs_owner_now)" = astray ] && echo "there are units for $name, but the running one is not theirs: restart the units at a good moment first"
        continue
        ;;
    esac
    echo "$name runs there already, from $exe: what runs is upgraded, by playbooks/upgrade.ts"
  done
  packages=$(ovs__packages | awk '$1 ~ /^openvswitch(-switch|[0-9.]*)$/ { printf "%s%s %s", (n++ ? ", " : ""), $1, $2 }')
  if [ -n "$packages" ]; then
    case $3:$4 in
      usr:*) echo "$packages is installed there, and its files would be overwritten" ;;
      *:refuse) echo "$packages is installed there, and would start a second switch: say -e package=mask or hold, or upgrade it" ;;
    esac
  fi
  :
)

# ovs_idle_installs ID: notes: every other ovs-vswitchd that lies there and does not run.
ovs_idle_installs() (
  ovs_installed_facts | sed -n 's/^installed\.//p' | while IFS='=' read -r file release; do
    case $file in /opt/ovsfleet/*) continue ;; esac
    echo "$file of release ${release:-unknown} lies there too: whatever starts it would start a second switch"
  done
)

# ovs_start_bare PREFIX: the daemons are started by the release's own script, for nobody's unit; the system id is read or made, never blanked.
ovs_start_bare() (
  PATH=$1/sbin:$1/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
  if ovs__systemd; then
    timeout 150 systemd-run --scope --description='Open vSwitch, started by ovsfleet' "${OVS_ROOT:-}$1/share/openvswitch/scripts/ovs-ctl" --system-id=random start </dev/null
  else
    timeout 150 setsid "${OVS_ROOT:-}$1/share/openvswitch/scripts/ovs-ctl" --system-id=random start </dev/null
  fi
)

# ovs_owner_now: who owns the daemons, for a person and a check.
ovs_owner_now() { ovs_layout | sed -n 's/^owner=//p'; }

# ovs__units_scripts: the scripts that units start the daemons by: those of the release that runs; in a transaction of the one that ran when it began.
ovs__units_scripts() {
  if [ -n "${TX:-}" ] && [ -s "$TX/units-scripts" ]; then
    cat "$TX/units-scripts"
  else
    ovs__context 2>/dev/null && printf '%s\n' "$OVS_SCRIPTS"
  fi
}

# ovs__unit_text TEXT SCRIPTS: a unit for these scripts; @HOME@ stands for what is above their share/openvswitch/scripts.
ovs__unit_text() { printf '%s' "$1" | sed "s|@HOME@|${2%/share/openvswitch/scripts}|g"; }

# ovs_units_written NAME TEXT...: a line a unit: `NAME=absent`; `NAME=written` when it is that text for the scripts in use and systemd has read it; `NAME=another one`, or not read.
ovs_units_written() (
  scripts=$(ovs__units_scripts) || return 1
  while [ $# -gt 0 ]; do
    file=${OVS_ROOT:-}/etc/systemd/system/$1
    if [ ! -e "$file" ] && [ ! -L "$file" ]; then
      echo "$1=absent"
    elif ! ovs__unit_text "$2" "$scripts" | cmp -s - "$file"; then
      echo "$1=another one"
    elif [ "$(ovs__show "$1" NeedDaemonReload)" = yes ]; then
      echo "$1=not read by systemd"
    else
      echo "$1=written"
    fi
    shift 2
  done
)

# ovs_write_units NAME TEXT...: writes them, in a transaction; those that they replace are kept.
ovs_write_units() (
  scripts=$(ovs__units_scripts) && [ -n "$scripts" ] || ovs__no "no ovs-ctl of theirs is found" || return 1
  printf '%s\n' "$scripts" >"$TX/units-scripts.new" && mv "$TX/units-scripts.new" "$TX/units-scripts" || return 1
  mkdir -p "$TX/units" || return 1
  while [ $# -gt 0 ]; do
    file=${OVS_ROOT:-}/etc/systemd/system/$1
    if [ -e "$file" ] && [ ! -e "$TX/units/$1" ]; then
      cp -p "$file" "$TX/units/$1.new" && mv "$TX/units/$1.new" "$TX/units/$1" || return 1
    fi
    ovs__unit_text "$2" "$scripts" | ovs__put "$file" || return 1
    shift 2
  done
  timeout 90 systemctl daemon-reload
)

# ovs_units_of_before NAME...: the unit files as they were.
ovs_units_of_before() (
  [ -d "$TX/units" ] || return 0
  for name in "$@"; do
    file=${OVS_ROOT:-}/etc/systemd/system/$name
    if [ -e "$TX/units/$name" ]; then
      ovs__put "$file" <"$TX/units/$name" || return 1
    else
      rm -f "$file" || return 1
    fi
  done
  timeout 90 systemctl daemon-reload
)

# ovs_give_to_units: stops daemons that nobody owns and starts them under the units that were written for them. The system id is kept in a file
# first: a unit starts with `random`, which makes a new one where there is no file. Flows are not kept.
ovs_give_to_units() (
  ovs__context || return 1
  scripts=$(ovs__units_scripts)
  file=${OVS_ROOT:-}$OVS_SYSCONFDIR/openvswitch/system-id.conf
  id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id | tr -d '"')
  [ -z "$id" ] || [ -s "$file" ] || printf '%s\n' "$id" | ovs__put "$file" || return 1
  timeout 150 "${OVS_ROOT:-}$scripts/ovs-ctl" stop || ovs__no "ovs-ctl cannot stop the daemons" || return 1
  timeout 300 systemctl enable --now openvswitch.service || ovs__no "the units do not start" || return 1
  [ "$(ovs__show ovs-vswitchd.service ActiveState)" = active ] || ovs__no "ovs-vswitchd ended as soon as it was started"
)

# ovs_take_from_units: back to daemons that nobody owns, started by the script that was there.
ovs_take_from_units() (
  read -r scripts <"$TX/units-scripts" || return 0
  timeout 180 systemctl disable --now openvswitch.service ovs-vswitchd.service ovsdb-server.service
  # after a boot nobody has started them, or the one that always did has: ovs-ctl leaves alone what runs
  timeout 150 systemd-run --scope --description='Open vSwitch, started by ovsfleet' "${OVS_ROOT:-}$scripts/ovs-ctl" --system-id=random start </dev/null
)

# ovs_units_objections: why its daemons cannot be put under units, a sentence a line.
ovs_units_objections() (
  ovs__systemd || echo 'systemd does not run there'
  case $(ovs_owner_now) in
    bare)
      [ -n "$(ovs__units_scripts)" ] || echo "no ovs-ctl is found that belongs to the running daemons: neither in their prefix, nor in /usr/local or /usr"
      ;;
    el)
      grep -q -s '^# Written by ovsfleet' "${OVS_ROOT:-}$(ovs__show ovs-vswitchd.service FragmentPath)" || echo 'the units of a package own the daemons'
      ;;
    none) echo 'no daemon of Open vSwitch runs there' ;;
    debian) echo 'the units of a package own the daemons' ;;
    *) echo "the daemons are owned by others ($(ovs_owner_now))" ;;
  esac
  ovs__foreign_units | sed 's/$/ of a package is there, too, and not masked/'
)

# ovs_boot_starters: notes: what else starts the daemons at boot. Whoever comes first has them, and units that come second would own none.
ovs_boot_starters() (
  for file in "${OVS_ROOT:-}"/etc/rc.local "${OVS_ROOT:-}"/etc/rc.d/rc.local "${OVS_ROOT:-}"/etc/init.d/* "${OVS_ROOT:-}"/etc/crontab \
    "${OVS_ROOT:-}"/etc/cron.d/* "${OVS_ROOT:-}"/etc/systemd/system/*.service; do
    case ${file##*/} in ovsdb-server.service | ovs-vswitchd.service | openvswitch.service) continue ;; esac
    grep -q -s '^[^#]*\(/ovs-ctl .*start\|/ovs-vswitchd \|/ovsdb-server \)' "$file" || continue
    echo "${file#"${OVS_ROOT:-}"} starts Open vSwitch at boot, too"
  done
)

# ovs_tls_users: what a build without TLS could not talk to any more, a sentence a line.
ovs_tls_users() (
  ovs__context 2>/dev/null && [ -n "$OVS_BIN" ] || return 0
  for table in Controller Manager; do
    ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=target list "$table" |
      tr -d '"' | sed -n "s/^p\{0,1\}ssl:.*/& is a $table by TLS, which a build with ssl=off does not have/p"
  done
)
