import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../../../src/lab/index.ts';
import { type Controller, controller, type Ground } from '../../lab/support/product.ts';

const inventory = (machine: Machine): string => `all:
  hosts:
    ${machine.name}:
      ansible_host: 127.0.0.1
      ansible_port: ${machine.port}
      ansible_user: root
      ansible_ssh_private_key_file: ${machine.keyFile}
      ovsfleet_known_hosts: ${machine.knownHostsFile}
  children:
    hypervisors:
      hosts:
        ${machine.name}: {}
`;

/** An operator with an inventory of one machine. A program that an emulated processor holds up is given its time. */
export const operatorOf = async (machine: Machine, name: string): Promise<Controller> => {
  const inventoryFile = join(machine.directory, 'inventory.yaml');
  await writeFile(inventoryFile, inventory(machine));
  const ground: Ground = {
    directory: machine.directory,
    inventoryFile,
    spawn: ([file = 'true', ...args], { stdio = 'inherit', env = process.env, cwd } = {}) =>
      spawn(file, args, { stdio, env: { ...env }, ...(cwd === undefined ? {} : { cwd }) }),
  };
  return controller(ground, name, { limitMs: 1_200_000 });
};
