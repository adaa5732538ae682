import { type HostCounts, installTools, type Lab, labUp } from '../../../src/lab/index.ts';
import { tallyHosts } from './tally.ts';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** A lab's name that no other run of the tests on this machine has. */
export const ownName = (name: string): string => `${name}-${process.pid}`;

/** A lab for one test file, gone with its process at the latest; its hosts are counted for the reporter. */
export const bringUp = async (name: string, hosts: HostCounts): Promise<Lab> => {
  await installTools(log);
  const lab = await labUp({ name, hosts, keep: false, log });
  await tallyHosts(lab);
  return lab;
};

/** Runs a shell command on a host that must end well, and gives what it printed. */
export const say = async (lab: Lab, host: string, command: string): Promise<string> => {
  const { code, stdout, stderr } = await lab.ssh(host, command, { limitMs: 90_000 });
  if (code !== 0) throw new Error(`${host}: "${command}" ended with ${code}: ${stdout}${stderr}`);
  return stdout.trim();
};
