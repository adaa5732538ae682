import { fileURLToPath } from 'node:url';
import type { CommandResult, Lab } from '../../src/lab/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Builds outlive labs: a release is compiled once on a machine. */
const store = '/var/cache/ovsfleet-lab/store';

/** Runs a playbook by the built ovsfleet over some hosts of a lab; must end with status 0. */
export const ovsfleet = async (lab: Lab, playbook: string, limit: string): Promise<CommandResult> => {
  const result = await lab.run([
    process.execPath,
    `${root}dist/cli/main.js`,
    'run',
    `${root}${playbook}`,
    ...['-i', lab.inventoryFile, '--store', store, '--limit', limit, '-v'],
  ]);
  if (result.code === 0) return result;
  throw new Error(`ovsfleet run ${playbook} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
};

/** Runs a shell command on a host; must end with status 0. */
export const onHost = async (lab: Lab, host: string, command: string): Promise<string> => {
  const { code, stdout, stderr } = await lab.ssh(host, command);
  if (code === 0) return stdout;
  throw new Error(`${host}: "${command}" ended with ${code}:\n${stdout}${stderr}`);
};
