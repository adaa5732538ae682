import { join } from 'node:path';
import type { LabHost } from './fleet.ts';
import { labDir } from './names.ts';
import { type Profile, TRAITS } from './profile.ts';
import type { ReleaseTarball } from './tarball.ts';

/** The release that a lab's inventory asks for. */
export const UPGRADE_TO = '3.5.0';

type Node = string | number | { readonly [key: string]: Node };

/** Block mappings with JSON scalars, which YAML reads as they are meant (YAML 1.2, §7.3.1). */
const yaml = (node: Node, indent = ''): string => {
  if (typeof node !== 'object') return ` ${JSON.stringify(node)}\n`;
  const entries = Object.entries(node);
  if (entries.length === 0) return ' {}\n';
  return `\n${entries.map(([key, value]) => `${indent}${key}:${yaml(value, `${indent}  `)}`).join('')}`;
};

const GROUPS: readonly (readonly [group: string, has: (profile: Profile) => boolean])[] = [
  // Those that have no Open vSwitch are to get one.
  ['hypervisors', (profile) => TRAITS[profile].switches || profile === 'plain'],
  ['compute', (profile) => profile === 'agent'],
  ['builders', (profile) => profile === 'builder'],
  ['light', (profile) => profile === 'ssh' || profile === 'login'],
];

const hostVars = (lab: string, host: LabHost): Node => ({
  ansible_host: host.address,
  ansible_user: 'root',
  ansible_ssh_private_key_file: join(labDir(lab), 'key'),
  ovsfleet_known_hosts: join(labDir(lab), 'known_hosts'),
  ...(host.guest?.peer === undefined ? {} : { probe_from: `${host.guest.peer}:guest`, probe_to: host.guest.address }),
});

/** The lab as an Ansible inventory. `release` is absent when the lab has nothing to upgrade. */
export const inventoryText = (lab: string, hosts: readonly LabHost[], release: ReleaseTarball | undefined): string => {
  const children = GROUPS.flatMap(([group, has]) => {
    const members = hosts.filter(({ profile }) => has(profile));
    return members.length === 0
      ? []
      : [[group, { hosts: Object.fromEntries(members.map(({ name }) => [name, {}])) }] as const];
  });
  const params =
    release === undefined
      ? {}
      : {
          vars: {
            ovsfleet_params: { version: UPGRADE_TO, source: release.path, sha256: release.sha256, cflags: '-O1' },
          },
        };
  const all: Node = {
    all: {
      ...params,
      hosts: Object.fromEntries(hosts.map((host) => [host.name, hostVars(lab, host)])),
      children: Object.fromEntries(children),
    },
  };
  return `# Lab "${lab}". Its addresses exist only in its network namespace: ovsfleet lab exec -n ${lab} -- ovsfleet …${yaml(all)}`;
};
