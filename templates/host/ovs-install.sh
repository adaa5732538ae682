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
    case $3 in
      usr) if [ "${exe#/usr/}" != "$exe" ] && [ "$(ovs__release_of_tool "$exe")" = "$2" ]; then continue; fi ;;
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

# ovs_give_to_units: stops daemons that nobody owns and starts them under the units that were written for them. The system id is kept in a file
# first: a unit starts with `random`, which makes a new one where there is no file. Flows are not kept.
ovs_give_to_units() (
  ovs__context || return 1
  [ -n "$OVS_SCRIPTS" ] || ovs__no "no ovs-ctl of theirs is found" || return 1
  printf '%s\n' "$OVS_SCRIPTS" >"$TX/units-scripts" || return 1
  file=${OVS_ROOT:-}$OVS_SYSCONFDIR/openvswitch/system-id.conf
  id=$(ovs__vsctl --no-wait --if-exists get Open_vSwitch . external_ids:system-id | tr -d '"')
  [ -z "$id" ] || [ -s "$file" ] || printf '%s\n' "$id" | ovs__put "$file" || return 1
  timeout 150 "${OVS_ROOT:-}$OVS_SCRIPTS/ovs-ctl" stop || ovs__no "ovs-ctl cannot stop the daemons" || return 1
  timeout 300 systemctl enable --now openvswitch.service || ovs__no "the units do not start" || return 1
  [ "$(ovs__show ovs-vswitchd.service ActiveState)" = active ] || ovs__no "ovs-vswitchd ended as soon as it was started"
)

# ovs_take_from_units: back to daemons that nobody owns, started by the script that was there.
ovs_take_from_units() (
  read -r scripts <"$TX/units-scripts" || return 0
  timeout 180 systemctl disable --now openvswitch.service ovs-vswitchd.service ovsdb-server.service
  timeout 150 systemd-run --scope --description='Open vSwitch, started by ovsfleet' "${OVS_ROOT:-}$scripts/ovs-ctl" --system-id=random start </dev/null
)

# ovs_units_objections: why its daemons cannot be put under units, a sentence a line.
ovs_units_objections() (
  ovs__systemd || echo 'systemd does not run there'
  case $(ovs_owner_now) in
    bare | el) ;;
    none) echo 'no daemon of Open vSwitch runs there' ;;
    debian) echo 'the units of a package own the daemons' ;;
    *) echo "the daemons are owned by others ($(ovs_owner_now))" ;;
  esac
  ovs__context 2>/dev/null && [ -n "$OVS_SCRIPTS" ] ||
    echo 'no ovs-ctl of theirs is found where a package or make install puts it: units are not written for such daemons yet'
  ovs__foreign_units | sed 's/$/ of a package is there, too, and not masked/'
)

# ovs_usr_build: the build that lies in /usr itself; `none`; `ID, but …` when a file of it is another one.
ovs_usr_build() (
  marks=${OVS_ROOT:-}/usr/share/openvswitch
  read -r id 2>/dev/null <"$marks/.build-id" || {
    echo none
    return 0
  }
  if (cd "${OVS_ROOT:-}/usr" && sha256sum -c share/openvswitch/.manifest >/dev/null 2>&1); then
    printf '%s\n' "$id"
  else
    printf '%s, but files of it are others\n' "$id"
  fi
)

# ovs_usr_install ARCHIVE ID: its files in their places in /usr. Those that they replace are kept, once, in /var/lib/ovsfleet/replaced/ID.tar;
# that archive, unpacked at /, puts them back. The directories of /usr keep their modes.
ovs_usr_install() (
  kept=${OVS_ROOT:-}/var/lib/ovsfleet/replaced/$2.tar
  mkdir -p "${kept%/*}" && cd "${OVS_ROOT:-/}" || return 1
  if [ ! -e "$kept" ]; then
    tar -tzf "$1" | while read -r file; do
      case $file in */) ;; *) if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\n' "$file"; fi ;; esac
    done >"$kept.list" || return 1
    tar -cf "$kept.new" -T "$kept.list" && ovs__fsync "$kept.new" && mv "$kept.new" "$kept" && rm -f "$kept.list" || return 1
  fi
  tar -xzf "$1" --no-overwrite-dir -C "${OVS_ROOT:-/}"
)

# ovs_tls_users: what a build without TLS could not talk to any more, a sentence a line.
ovs_tls_users() (
  ovs__context 2>/dev/null && [ -n "$OVS_BIN" ] || return 0
  for table in Controller Manager; do
    ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=target list "$table" |
      tr -d '"' | sed -n "s/^p\{0,1\}ssl:.*/& is a $table by TLS, which a build with ssl=off does not have/p"
  done
)
