import { join } from 'node:path';

/** OpenSSH's client, told nothing by the user's own configuration, logging in to a machine as root. */
export const loginCommand = (directory: string, port: number, command: readonly string[]): readonly string[] => [
  'ssh',
  ...['-F', 'none', '-i', join(directory, 'key'), '-p', String(port)],
  ...[
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    `UserKnownHostsFile=${join(directory, 'known_hosts')}`,
    'GlobalKnownHostsFile=none',
    'StrictHostKeyChecking=yes',
    // An emulated processor on a busy machine takes its time over a key exchange.
    'ConnectTimeout=60',
    'ServerAliveInterval=20',
    'ServerAliveCountMax=3',
    'LogLevel=ERROR',
  ].flatMap((option) => ['-o', option]),
  'root@127.0.0.1',
  ...command,
];
