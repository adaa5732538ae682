#!/bin/bash
# One lab host: its network, and the process that keeps it across reboots. Outlives the program that started it.
#   host.sh net-up DIR | net-down DIR | supervise DIR
# DIR/host.env says: NAME INIT LAB_NS HOST_NS INDEX ADDRESS REACHED_BY MAC0 MAC1 CGROUPS
set -u
export LC_ALL=C
verb=$1 dir=$2
# shellcheck source=/dev/null
. "$dir/host.env"

net_down() {
	ip netns del "$HOST_NS" 2>/dev/null
	ip -n "$LAB_NS" link del "v$INDEX" 2>/dev/null
	ip -n "$LAB_NS" link del "w$INDEX" 2>/dev/null
	return 0
}

# Behind br-ex the host's own topology.sh sets the address, once its switch runs. A userspace datapath does not fill in the
# checksums that veth leaves to hardware: the lab's end has to.
give_address() {
	case $REACHED_BY in
	eth0) ip -n "$HOST_NS" addr add "$ADDRESS/16" dev eth0 ;;
	*) ip netns exec "$LAB_NS" ethtool -K "v$INDEX" tx off >/dev/null ;;
	esac
}

# Both ends are born inside their namespaces: the machine's own one never sees them. MACs are fixed, else a rebooted
# host stays unreachable until its neighbours' ARP entries expire.
net_up() {
	ip netns add "$HOST_NS" &&
		ip -n "$HOST_NS" link set lo up &&
		ip -n "$LAB_NS" link add "v$INDEX" type veth peer name eth0 address "$MAC0" netns "$HOST_NS" &&
		ip -n "$LAB_NS" link add "w$INDEX" type veth peer name eth1 address "$MAC1" netns "$HOST_NS" &&
		ip -n "$LAB_NS" link set "v$INDEX" master br0 up &&
		ip -n "$LAB_NS" link set "w$INDEX" master br1 up &&
		give_address &&
		ip -n "$HOST_NS" link set eth0 up &&
		ip -n "$HOST_NS" link set eth1 up
}

# A cgroup of its own for each host, else every host's systemd takes itself for the owner of "/".
enter_cgroup() {
	local cgroup
	for cgroup in $CGROUPS; do
		mkdir -p "$cgroup$1" && echo "$BASHPID" >"$cgroup$1/cgroup.procs"
	done
}

# A time namespace gives each boot its own uptime. unshare must not fork: a forking one ignores TERM.
timens() {
	if [ -e /proc/self/ns/time ]; then
		exec unshare --time --boottime "-$(($(cut -d. -f1 /proc/uptime) - 1))" "$@"
	fi
	exec "$@"
}

boot_systemd() {
	enter_cgroup ""
	# nspawn drops CAP_NET_ADMIN when it is given a namespace (hence --capability), and keeps /proc/sys/net
	# read-only (hence the variable). --keep-unit: there is no systemd on this machine that could make a scope.
	export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
	[ -e /sys/fs/cgroup/cgroup.controllers ] && export UNIFIED_CGROUP_HIERARCHY=1
	timens systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$dir/root" \
		--machine="$NAME" --hostname="$NAME" --network-namespace-path="/run/netns/$HOST_NS" --capability=all \
		--resolv-conf=off --timezone=off --link-journal=no --rlimit=RLIMIT_NOFILE=1048576
}

boot_sshd() {
	enter_cgroup ""
	exec ip netns exec "$HOST_NS" unshare --mount --pid --fork --kill-child --uts --ipc /bin/bash "${BASH_SOURCE[0]}" \
		light-root "$dir"
}

# Runs as PID 1 of the light host's namespaces.
light_root() {
	local node
	hostname "$NAME"
	mount --make-rprivate / && mount --bind "$dir/root" "$dir/root" && cd "$dir/root" || exit 1
	mount -t proc proc proc
	mount -t tmpfs -o mode=755 run run
	mount -t tmpfs -o mode=1777 tmp tmp
	mount -t sysfs -o ro sys sys
	mount -t tmpfs -o mode=755,size=4m dev dev
	for node in null zero full random urandom tty; do
		: >"dev/$node" && mount --bind "/dev/$node" "dev/$node"
	done
	mkdir -p dev/pts dev/shm run/sshd run/lock
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
	ln -s /proc/self/fd/0 dev/stdin
	ln -s /proc/self/fd/1 dev/stdout
	ln -s /proc/self/fd/2 dev/stderr
	mkdir -p .old && pivot_root . .old && cd / && umount -l /.old || exit 1
	# Not the machine's: its variables are nobody's business in a host.
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/sbin/sshd -D -e
}

supervise() {
	local rc
	trap '' HUP
	enter_cgroup .supervisor
	while :; do
		("boot_$INIT") &
		echo $! >"$dir/init.pid"
		wait $!
		rc=$?
		echo "lab: $NAME ended with $rc"
		# 133: reboot was asked for inside (nspawn under --keep-unit). As on real iron, its links vanish with it.
		[ "$rc" = 133 ] || break
		net_down
		net_up || break
	done
	echo "$rc" >"$dir/ended"
}

case $verb in
net-up) net_down && net_up ;;
net-down) net_down ;;
supervise) supervise ;;
light-root) light_root ;;
*) exit 2 ;;
esac
