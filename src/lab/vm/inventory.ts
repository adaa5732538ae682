import { join } from 'node:path';

/** A machine as an Ansible inventory. */
export const machineInventory = (name: string, port: number, directory: string): string => `all:
  hosts:
    ${name}:
      ansible_host: 127.0.0.1
      ansible_port: ${port}
      ansible_user: root
      ansible_ssh_private_key_file: ${join(directory, 'key')}
      ovsfleet_known_hosts: ${join(directory, 'known_hosts')}
  children:
    hypervisors:
      hosts:
        ${name}: {}
`;
