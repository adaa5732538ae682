import { join } from 'node:path';
import type { LabHost } from './fleet.ts';
import { labDir, labNamespace } from './names.ts';

/** A command line that runs in the lab's network namespace (ip-netns(8)). */
export const inNamespace = (lab: string, command: readonly string[]): readonly string[] => [
  'ip',
  'netns',
  'exec',
  labNamespace(lab),
  ...command,
];

/** OpenSSH's client, told nothing by the user's own configuration, logging in as root with the lab's key. */
export const sshCommand = (lab: string, host: LabHost, command: readonly string[]): readonly string[] =>
  inNamespace(lab, [
    'ssh',
    '-F',
    'none',
    '-i',
    join(labDir(lab), 'key'),
    ...[
      'IdentitiesOnly=yes',
      `UserKnownHostsFile=${join(labDir(lab), 'known_hosts')}`,
      'GlobalKnownHostsFile=none',
      'StrictHostKeyChecking=yes',
      'ConnectTimeout=5',
      'ServerAliveInterval=5',
      'ServerAliveCountMax=3',
      'LogLevel=ERROR',
    ].flatMap((option) => ['-o', option]),
    `root@${host.address}`,
    ...command,
  ]);
