import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { FleetError, type Problem } from '../model/error.ts';
import { run } from './command.ts';
import type { Log } from './log.ts';

/** Each tool that the lab drives, and the Debian package that it comes in. */
const TOOLS: readonly (readonly [tool: string, pkg: string])[] = [
  ['mmdebstrap', 'mmdebstrap'],
  ['systemd-nspawn', 'systemd-container'],
  ['ip', 'iproute2'],
  ['ssh', 'openssh-client'],
  ['ssh-keygen', 'openssh-client'],
  ['unshare', 'util-linux'],
  ['setpriv', 'util-linux'],
  ['mount', 'mount'],
  ['sysctl', 'procps'],
  ['pgrep', 'procps'],
  ['dpkg-deb', 'dpkg'],
  ['tar', 'tar'],
  ['gzip', 'gzip'],
];

const SEARCH: readonly string[] = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const onPath = async (tool: string): Promise<boolean> => {
  for (const dir of [...(process.env['PATH'] ?? '').split(delimiter), ...SEARCH]) {
    const found = await access(join(dir, tool), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
};

const missingPackages = async (): Promise<readonly string[]> => {
  const missing = await Promise.all(TOOLS.map(async ([tool, pkg]) => ((await onPath(tool)) ? [] : [pkg])));
  return [...new Set(missing.flat())];
};

const aptLine = (packages: readonly string[]): string =>
  `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** Why there can be no lab on this machine; empty when there can. */
export const preconditions = async (): Promise<readonly Problem[]> => {
  if (process.platform !== 'linux') {
    return [
      {
        code: 'lab.not-linux',
        message: `the lab's hosts are Linux namespaces, and this is ${process.platform}`,
        remedy: 'use a Debian machine or virtual machine',
      },
    ];
  }
  const problems: Problem[] = [];
  if (process.getuid?.() !== 0) {
    problems.push({
      code: 'lab.not-root',
      message: 'the lab makes network namespaces and mounts, which only root may',
      remedy: 'sudo ovsfleet lab up',
    });
  }
  const packages = await missingPackages();
  if (packages.length > 0) {
    problems.push({
      code: 'lab.tools-missing',
      message: `the lab needs ${packages.join(', ')}`,
      remedy: aptLine(packages),
    });
  }
  return problems;
};

/** Rejects with the first of `preconditions()`. */
export const requirePreconditions = async (): Promise<void> => {
  const [problem] = await preconditions();
  if (problem !== undefined) throw new FleetError(problem);
};

/** Installs the tools that are missing, by apt-get. Needs root. */
export const installTools = async (log: Log, signal?: AbortSignal): Promise<void> => {
  const packages = await missingPackages();
  if (packages.length === 0) return;
  log(`installing ${packages.join(', ')}`);
  const options = { limitMs: 20 * 60_000, env: { DEBIAN_FRONTEND: 'noninteractive' }, signal };
  await run(['apt-get', '-q', 'update'], options);
  await run(['apt-get', '-q', '-y', 'install', '--no-install-recommends', ...packages], options);
};
