# shellcheck shell=sh
# The internal ports of the switch as the host's own network devices: they go with the datapath, and with them their addresses, routes and settings, in
# whichever network namespace they are. Nothing else of the host's network is touched, firewall rules least of all. Few processes are started: what
# is put back here is put back within an outage.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

# ovs__ip NETNS WORDS...: ip in that network namespace; `-` is the host's own.
ovs__ip() {
  if [ "$1" = - ]; then
    shift
    timeout 30 ip "$@"
  else
    ovs__netns=$1
    shift
    timeout 30 ip netns exec "$ovs__netns" ip "$@"
  fi
}

# ovs__netnses: the network namespaces that have a name, the host's own first.
ovs__netnses() {
  echo -
  timeout 10 ip netns list 2>/dev/null | cut -d ' ' -f 1
}

# ovs__internal_ports: their names on one line, the bridges' own among them; those that have no device left out.
ovs__internal_ports() {
  ovs__names=$(ovs__vsctl --no-wait --data=bare --format=csv --no-headings --columns=name,ofport find Interface type=internal) || return 1
  printf '%s\n' "$ovs__names" | tr -d '"' | sed -n '/,-1$/d; /,$/d; s/,.*//p' | sort | tr '\n' ' '
}

# ovs_interface_objections: which internal ports could not be put back as they are, one sentence a line.
ovs_interface_objections() (
  ovs__context || return 1
  ports=$(ovs__internal_ports) || return 1
  for netns in $(ovs__netnses); do
    ovs__ip "$netns" -o link show 2>/dev/null
  done | awk -v ports="$ports" '
    BEGIN { n = split(ports, port, " "); for (i = 1; i <= n; i++) ours[port[i]] }
    { name = $2; sub(/:$/, "", name); below = name; sub(/@.*/, "", name); if (!sub(/.*@/, "", below)) below = ""
      seen[name]
      if (below in ours) print "device " name " stands on internal port " below ", and would go with it: take it away first" }
    END { for (i = 1; i <= n; i++) if (!(port[i] in seen)) print "internal port " port[i] " is in a network namespace without a name (a container has it?), to where it could not be put back: move it, or end what uses it" }'
)

# ovs_interfaces: the canonical text of the internal ports, what restoring reads and what must be equal afterwards: lines `link|address|route4|route6|setting PORT
# NETNS ...`. Left out is what the kernel makes by itself (its own routes, link-local addresses), and how long an address is still valid.
ovs_interfaces() (
  ovs__context || return 1
  ports=$(ovs__internal_ports) || return 1
  for netns in $(ovs__netnses); do
    text=$({
      ovs__ip "$netns" -o link show | sed 's/^/L /'
      ovs__ip "$netns" -o addr show | sed 's/^/A /'
      ovs__ip "$netns" -o -4 route show table all | sed 's/^/4 /'
      ovs__ip "$netns" -o -6 route show table all | sed 's/^/6 /'
    } 2>/dev/null | ovs__awk_interfaces "$netns" "$ports")
    [ -z "$text" ] || printf '%s\n' "$text"
    ovs__settings "$netns" "$(printf '%s\n' "$text" | sed -n 's/^link \([^ ]*\) .*/\1/p')"
  done | sort
)

ovs__awk_interfaces() {
  awk -v netns="$1" -v ports="$2" '
    BEGIN { n = split(ports, port, " "); for (i = 1; i <= n; i++) ours[port[i]] }
    $1 == "L" {
      name = $3; sub(/:$/, "", name); sub(/@.*/, "", name)
      if (!(name in ours)) next
      up = ($4 ~ /[<,]UP[,>]/) ? "up" : "down"; mtu = mac = master = "-"
      for (i = 5; i < NF; i++) { if ($i == "mtu") mtu = $(i + 1); if ($i == "master") master = $(i + 1); if ($i == "link/ether") mac = $(i + 1) }
      if (master == "ovs-system") master = "-"
      print "link", name, netns, mac, mtu, up, master
    }
    $1 == "A" {
      name = $3; sub(/@.*/, "", name)
      if (!(name in ours) || ($4 != "inet" && $4 != "inet6") || ($4 == "inet6" && / scope link/)) next
      text = $5
      for (i = 6; i < NF; i++) {
        if ($i == "peer" || $i == "brd" || $i == "scope" || $i == "metric") { text = text " " $i " " $(i + 1); i++ }
        else if ($i == "noprefixroute") text = text " " $i
        else if (index($i, name ":") == 1) { label = $i; sub(/\\.*/, "", label); text = text " label " label }
      }
      print "address", name, netns, text
    }
    ($1 == "4" || $1 == "6") && !/ proto kernel/ && !/ table local/ && !/nexthop/ {
      name = ""; text = ""
      for (i = 2; i <= NF; i++) {
        if ($i == "dev") { name = $(++i); continue }
        if ($i == "linkdown" || $i == "dead" || $i == "\\") continue
        if ($i == "expires" || $i == "error" || $i == "pref") { i++; continue }
        text = text (text == "" ? "" : " ") $i
      }
      if (name in ours && text !~ /^(multicast|anycast|local|broadcast|ff00::|fe80::\/64)/) print "route" $1, name, netns, text
    }'
}

# ovs__settings NETNS PORTS: the devices' own kernel settings that differ from those that a new device gets, as `setting PORT NETNS FILE VALUE` lines.
ovs__settings() (
  [ -n "$2" ] || return 0
  # shellcheck disable=SC2016 # a program of its own, in that namespace
  program='root=$1 netns=$2; shift 2
    for port; do
      for family in ipv4 ipv6; do
        cd "$root/proc/sys/net/$family/conf/$port" 2>/dev/null || continue
        for name in *; do
          case $family/$name in */stable_secret | */*_generation | ipv6/mtu | ipv6/*addr_gen_mode) continue ;; esac
          { read -r value <"$name" && read -r usual <"../default/$name"; } 2>/dev/null || continue
          [ "$value" = "$usual" ] || echo "setting $port $netns $family/$name $value"
        done
      done
    done'
  # shellcheck disable=SC2086 # one port a word
  if [ "$1" = - ]; then
    timeout 60 sh -c "$program" sh "${OVS_ROOT:-}" - $2
  else
    timeout 60 ip netns exec "$1" sh -c "$program" sh '' "$1" $2
  fi
)

# ovs_interfaces_plan FILE: makes ready, before an outage, what puts back what that text says: files of commands for ip beside it, for each network namespace.
ovs_interfaces_plan() (
  grep '^link ' "$1" >"$1.links"
  cut -d ' ' -f 3 "$1.links" | sort -u >"$1.netnses" || return 1
  while read -r netns; do
    # those that need no gateway first: a gateway is reached by one of them
    for family in 4 6; do
      {
        sed -n "s|^route$family \([^ ]*\) $netns \(.*\)|route replace \2 dev \1|p" "$1" | sed '/ via /d'
        sed -n "s|^route$family \([^ ]*\) $netns \(.*\)|route replace \2 dev \1|p" "$1" | sed '/ via /!d'
      } >"$1.routes$family.$netns"
    done
    sed -n "/^setting [^ ]* $netns /p" "$1" >"$1.settings.$netns"
    awk -v netns="$netns" '$1 == "link" && $3 == netns {
      if ($4 != "-") print "link set dev " $2 " address " $4
      print "link set dev " $2 " mtu " $5
      if ($7 != "-") print "link set dev " $2 " master " $7
      print "link set dev " $2 " " $6 }' "$1" >"$1.batch.$netns"
    sed -n "s|^address \([^ ]*\) $netns \(.*\)|addr replace \2 dev \1|p" "$1" >>"$1.batch.$netns" || return 1
  done <"$1.netnses"
)

# ovs_interfaces_restore FILE: puts back what that text says, as planned, once the devices are there: at most 15 s. Safe to repeat. What was refused is told by comparing
# afterwards.
ovs_interfaces_restore() (
  ovs__context || return 1
  ovs__await_ports "$1.links" || return 1
  while read -r netns; do
    [ ! -s "$1.settings.$netns" ] || ovs__settings_back "$netns" "$1.settings.$netns"
    ovs__ip "$netns" -force -batch "$1.batch.$netns" </dev/null
    [ ! -s "$1.routes4.$netns" ] || ovs__ip "$netns" -4 -force -batch "$1.routes4.$netns" </dev/null
    [ ! -s "$1.routes6.$netns" ] || ovs__ip "$netns" -6 -force -batch "$1.routes6.$netns" </dev/null
  done <"$1.netnses"
)

# ovs__await_ports LINKS: until every device is in its network namespace: they come up in the host's own, and are moved.
ovs__await_ports() (
  while read -r _ port netns _; do
    tries=0
    until [ -e "${OVS_ROOT:-}/sys/class/net/$port" ]; do
      if [ "$netns" != - ] && ovs__ip "$netns" link show dev "$port" >/dev/null 2>&1; then break; fi
      tries=$((tries + 1))
      [ "$tries" -lt 150 ] || ovs__no "internal port $port did not come back" || return 1
      sleep 0.1
    done </dev/null
    if [ "$netns" != - ] && [ -e "${OVS_ROOT:-}/sys/class/net/$port" ]; then
      timeout 10 ip link set dev "$port" netns "$netns" </dev/null || ovs__no "cannot move $port into $netns" || return 1
    fi
  done <"$1"
)

# ovs__settings_back NETNS FILE: a setting that this kernel refuses is told by comparing afterwards.
ovs__settings_back() {
  # shellcheck disable=SC2016 # a program of its own, in that namespace
  ovs__program='while read -r _ port _ name value; do
      printf "%s\n" "$value" >"$1/proc/sys/net/${name%%/*}/conf/$port/${name#*/}"
    done'
  if [ "$1" = - ]; then
    timeout 60 sh -c "$ovs__program" sh "${OVS_ROOT:-}"
  else
    timeout 60 ip netns exec "$1" sh -c "$ovs__program" sh ''
  fi <"$2" 2>/dev/null
  :
}

# ovs_interfaces_as FILE: waits at most 10 s until the internal ports are as that text says.
ovs_interfaces_as() (
  tries=0
  until ovs_interfaces >"$1.is" 2>/dev/null && cmp -s "$1" "$1.is"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 10 ]; then
      ovs__say 'internal ports are not as before (- before, + now):'
      diff "$1" "$1.is" | sed -n 's/^</-/p; s/^>/+/p' | head -n 20 >&2
      return 1
    fi
    sleep 1
  done
)
