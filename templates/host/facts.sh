# What playbook code may see of a host, as `key=value` lines. Function definitions only.
# shellcheck shell=sh

# facts_system: the distribution, the kernel, what runs as process 1, whether the kernel takes signed modules alone.
facts_system() {
  facts_os=/etc/os-release
  [ -r "$facts_os" ] || facts_os=/usr/lib/os-release
  # Read, not sourced: a host's file is data.
  for facts_key in ID VERSION_ID; do
    printf '%s=%s\n' "$facts_key" "$(sed -n "s/^$facts_key=//p" "$facts_os" 2>/dev/null | head -n 1 | tr -d "\"'")"
  done
  printf 'kernel=%s\narch=%s\n' "$(uname -r)" "$(uname -m)"
  if [ -d /run/systemd/system ]; then printf 'init=systemd\n'; else printf 'init=other\n'; fi
  if [ -n "$(ovs_signatures_enforced)" ]; then printf 'signatures=enforced\n'; else printf 'signatures=free\n'; fi
}

# facts_openstack: the unit of neutron's Open vSwitch agent, by the names that deployments give it: Debian, Ubuntu and
# RDO; SUSE; DevStack.
facts_openstack() {
  [ -d /run/systemd/system ] || return 0
  for facts_unit in neutron-openvswitch-agent.service openstack-neutron-openvswitch-agent.service devstack@q-agt.service; do
    case $(timeout 10 systemctl show -p LoadState "$facts_unit" 2>/dev/null) in
    LoadState=loaded)
      printf 'agent=%s\n' "$facts_unit"
      return 0
      ;;
    esac
  done
}

# facts_all: all of it.
facts_all() {
  facts_system
  facts_openstack
  ovs_layout | sed 's/^/ovs./'
}
