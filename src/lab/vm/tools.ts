import { access, constants } from 'node:fs/promises';
import { run } from '../command.ts';
import { withLock } from '../lock.ts';
import type { Log } from '../log.ts';

/** Each tool that machines need beside those of the lab's hosts, and the Debian package that it comes in. */
const TOOLS: readonly (readonly [tool: string, pkg: string])[] = [
  ['/usr/bin/qemu-system-x86_64', 'qemu-system-x86'],
  ['/usr/bin/qemu-img', 'qemu-utils'],
  ['/usr/share/seabios/bios-256k.bin', 'seabios'],
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', 'ovmf'],
  ['/usr/sbin/mke2fs', 'e2fsprogs'],
  ['/usr/bin/setpriv', 'util-linux'],
  ['/usr/bin/openssl', 'openssl'],
];

const isThere = async (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  );

const LIMIT_MS = 20 * 60_000;

const install = async (log: Log, signal?: AbortSignal): Promise<void> => {
  const found = await Promise.all(TOOLS.map(async ([tool, pkg]) => ((await isThere(tool)) ? [] : [pkg])));
  const packages = found.flat();
  if (packages.length === 0) return;
  log(`installing ${packages.join(', ')}`);
  const options = { limitMs: LIMIT_MS, env: { DEBIAN_FRONTEND: 'noninteractive' }, signal };
  await run(['apt-get', '-q', 'update'], options);
  await run(['apt-get', '-q', '-y', 'install', '--no-install-recommends', ...packages], options);
};

/** Installs the tools that are missing, by apt-get, which lets nobody else do so meanwhile. Needs root. */
export const installMachineTools = async (log: Log, signal?: AbortSignal): Promise<void> =>
  withLock('machine-tools', { limitMs: LIMIT_MS, log, signal }, () => install(log, signal));
