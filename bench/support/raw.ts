/** The best that the tools of Open vSwitch and systemd do by themselves, as an operator would type it. */

/**
 * Takes the meters away: what the scripts of Open vSwitch save has none, and then a bundle with flows that name one is
 * refused whole, which loses every flow (utilities/ovs-save of the releases up to 3.5).
 */
export const withoutMeters = `
set -e
ofctl() { ovs-ofctl -O OpenFlow15 "$@"; }
ofctl --strict mod-flows br-int priority=10,in_port=qvo,actions=group:11
ofctl --strict mod-flows br-int 'priority=10,in_port=patch-tun,actions=resubmit(,30)'
ofctl del-meters br-int
`;

/** Drop-ins that make Debian's own units start the staged release: their own Exec lines, with its scripts. */
export const unitsOfTheStagedRelease = `
set -e
prefix=$(echo /opt/ovsfleet/ovs/*)
scripts=/usr/share/openvswitch/scripts
cp "$scripts/ovs-systemd-reload" "$prefix/share/openvswitch/scripts/"
for unit in ovsdb-server ovs-vswitchd openvswitch-switch ovs-record-hostname; do
  mkdir -p "/etc/systemd/system/$unit.service.d"
  {
    echo '[Service]'
    systemctl cat "$unit.service" | sed -e ':more' -e '/\\\\$/{N; s/\\\\\\n//; b more' -e '}' |
      sed -n "s|^\\(Exec.*\\)$scripts|\\1$prefix/share/openvswitch/scripts|p" | awk -F= '!seen[$1]++ { print $1 "=" } { print }'
  } >"/etc/systemd/system/$unit.service.d/10-new.conf"
done
systemctl daemon-reload
`;

/** The most careful of systemd's ways: it saves flows and restarts both daemons, each alone. */
export const reload = 'systemctl reload openvswitch-switch';

/** Where nobody's unit owns the daemons. */
export const restart = '$(echo /opt/ovsfleet/ovs/*)/share/openvswitch/scripts/ovs-ctl restart --system-id=random';

/** What must be true after any of them: the new release runs, and the flows are there. */
export const proof = `
ovs-appctl version | grep -q ' 3.5.0$' && [ "$(ovs-ofctl -O OpenFlow15 dump-flows br-int | grep -c cookie=0xab)" -ge 6 ] ||
  { ovs-appctl version; ovs-ofctl -O OpenFlow15 dump-flows br-int; exit 1; }
`;
