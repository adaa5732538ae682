import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../src/lab/index.ts';

/** What ip-netns(8) puts in the place of /etc for those who run in the lab's namespace. */
const etc = (lab: Lab): string => join('/etc/netns', lab.namespace);
const file = (lab: Lab): string => join(etc(lab), 'hosts');

export const nameOf = (host: string): string => `${host}.lab.example`;

const lines = async (lab: Lab): Promise<readonly string[]> =>
  (await readFile(file(lab), 'utf8')).split('\n').filter((line) => line !== '');

/** Must be there before anything runs in the namespace, and is written in place: it is mounted by its inode. */
export const beginNames = async (lab: Lab): Promise<void> => {
  await mkdir(etc(lab), { recursive: true });
  const known = lab.hosts.map(({ name, address }) => `${address} ${nameOf(name)}\n`);
  await writeFile(file(lab), `127.0.0.1 localhost\n${known.join('')}`);
};

export const endNames = (lab: Lab): Promise<void> => rm(etc(lab), { recursive: true, force: true });

/** From now on the name is not known. */
export const forget = async (lab: Lab, name: string): Promise<void> => {
  await writeFile(file(lab), `${(await lines(lab)).filter((line) => !line.endsWith(` ${name}`)).join('\n')}\n`);
};

export const learn = async (lab: Lab, name: string, address: string): Promise<void> => {
  await writeFile(file(lab), `${[...(await lines(lab)), `${address} ${name}`].join('\n')}\n`);
};

/** The victim's variables in an inventory that has it by its name, its key under that name. */
export const byName = async (lab: Lab, host: string, directory: string): Promise<Readonly<Record<string, string>>> => {
  const knownHosts = join(directory, 'known_hosts');
  const { address } = lab.host(host);
  const key =
    (await readFile(lab.knownHostsFile, 'utf8')).split('\n').find((line) => line.startsWith(`${address} `)) ?? '';
  await mkdir(directory, { recursive: true });
  await writeFile(knownHosts, `${key.replace(address, nameOf(host))}\n`);
  return { ansible_host: nameOf(host), ovsfleet_known_hosts: knownHosts };
};
