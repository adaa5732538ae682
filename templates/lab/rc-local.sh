#!/bin/sh
# An operator's rc.local on a host where OVS came by `make install`. The daemons are to have no owner: a scope of
# their own instead of this unit's cgroup, so that no `systemctl stop` or `restart` of any unit reaches them.
exec systemd-run --quiet --scope --unit=ovsfleet-lab-ovs --property=DefaultDependencies=no \
	/usr/share/openvswitch/scripts/ovs-ctl start --system-id=random
