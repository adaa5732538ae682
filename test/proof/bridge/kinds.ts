/** What happens to a host in the middle of a swap whose only way in goes over the switch that is exchanged. */
export interface Kind {
  readonly name: string;
  /** The phase before which it happens. */
  readonly at: string;
  /** Shell text that the host runs there, with the new release's directory in $PREFIX. */
  readonly by: string;
  readonly outcome: 'changed' | 'undone';
  /** The reason that the host gives for its undo. */
  readonly reason: RegExp;
}

/** sshd's children: the listener stays. */
const dropSessions = "pkill -KILL -f '^sshd: root'";

export const kinds: readonly Kind[] = [
  {
    name: 'the new ovs-vswitchd exits',
    at: 'restart ovs-vswitchd',
    by: `${dropSessions}; printf '#!/bin/sh\\nexit 1\\n' >"$PREFIX/sbin/new" && chmod 755 "$PREFIX/sbin/new" && mv "$PREFIX/sbin/new" "$PREFIX/sbin/ovs-vswitchd"`,
    outcome: 'undone',
    reason: /"restart ovs-vswitchd" ended with status 1/,
  },
  {
    // The converted one, which is about to be renamed into its place, becomes an empty one.
    name: 'the new database is a wrong one',
    at: 'restart ovs-vswitchd',
    by: `${dropSessions}; file=/var/lib/openvswitch/conf.db.ovsfleet-new && [ -s "$file" ] && rm "$file" && "$PREFIX/bin/ovsdb-tool" create "$file" "$PREFIX/share/openvswitch/vswitch.ovsschema"`,
    outcome: 'undone',
    reason: /./,
  },
  {
    name: 'the flows are not restored',
    at: 'verify the switch',
    by: `${dropSessions}; for bridge in br-ex br-int br-tun; do ovs-ofctl -O OpenFlow13 del-flows $bridge; done 2>/dev/null; ovs-ofctl -O OpenFlow15 del-flows br-int`,
    outcome: 'undone',
    reason: /flow br-(ex|int|tun)/,
  },
  {
    // A flow that times out by itself is none of those that are compared: as if the new release forwarded wrongly.
    name: 'all reads as before, yet nobody gets in',
    at: 'end',
    by: `${dropSessions}; ovs-ofctl -O OpenFlow13 add-flow br-ex hard_timeout=900,priority=65000,actions=drop`,
    outcome: 'undone',
    reason: /nobody came back to confirm within 5 s/,
  },
  // The last: nobody goes back from it.
  {
    name: 'a good upgrade',
    at: 'restart ovs-vswitchd',
    by: dropSessions,
    outcome: 'changed',
    reason: /^$/,
  },
];
