import { createHash } from 'node:crypto';
import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { withOvs } from './libraries.ts';

/** `netdev` is the userspace datapath, `system` that of the kernel. */
export type DatapathType = 'system' | 'netdev';

const withTopology = (script: Script): Script => using(['ovs-topology'], withOvs(script));

/** There is a bridge, on that kind of datapath. */
export const bridge = (name: string, datapath: DatapathType): Step =>
  step(`bridge ${name}`, {
    read: withTopology(sh`ovs_bridge ${name}`),
    want: datapath,
    make: withTopology(sh`ovs_make_bridge ${name} ${datapath}`),
  });

/** A device of the host is a port of the bridge. */
export const devicePort = (on: string, device: string): Step =>
  step(`${device} in ${on}`, {
    read: withTopology(sh`ovs_port ${device}`),
    want: `${on} system`,
    make: withTopology(sh`ovs_make_port ${on} ${device} type=system`),
    within: '10s',
  });

/** A tunnel to another host, for all that leaves by this port. */
export const vxlanPort = (
  on: string,
  name: string,
  ends: { readonly local: string; readonly remote: string },
): Step => {
  const { local, remote } = ends;
  return step(`${name} in ${on}`, {
    read: withTopology(sh`ovs_port ${name}`),
    want: `${on} vxlan local_ip=${local} remote_ip=${remote}`,
    make: withTopology(
      sh`ovs_make_port ${on} ${name} type=vxlan ${`options:local_ip=${local}`} ${`options:remote_ip=${remote}`}`,
    ),
    within: '10s',
  });
};

interface PatchEnd {
  readonly bridge: string;
  readonly port: string;
}

/** A cable between two bridges: a patch port in each. One step, since neither end is whole without the other. */
export const patched = (one: PatchEnd, other: PatchEnd): Step =>
  step(`${one.bridge} and ${other.bridge} are patched`, {
    read: withTopology(sh`
      for port in ${[one.port, other.port]}; do
        printf '%s=%s\n' "$port" "$(ovs_port "$port")"
      done
    `),
    want: {
      [one.port]: `${one.bridge} patch peer=${other.port}`,
      [other.port]: `${other.bridge} patch peer=${one.port}`,
    },
    make: withTopology(sh`
      ovs_make_port ${one.bridge} ${one.port} type=patch ${`options:peer=${other.port}`} &&
        ovs_make_port ${other.bridge} ${other.port} type=patch ${`options:peer=${one.port}`}
    `),
    within: '10s',
  });

/**
 * The bridge has these flows and no others, written as ovs-ofctl takes them, ports by name. Each bears a cookie made of
 * their text, so that reading needs no knowledge of how Open vSwitch writes them.
 */
export const flows = (on: string, lines: readonly string[]): Step => {
  const cookie = `0xf${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)}`;
  return step(`flows of ${on}`, {
    read: withTopology(sh`ovs_flows_of ${on} ${cookie} ${lines.length}`),
    want: 'as written',
    make: withTopology(sh`printf '%s\n' ${lines} | ovs_make_flows ${on} ${cookie}`),
  });
};
