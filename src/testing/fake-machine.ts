import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeSystemctl } from './fake-systemctl.ts';

/**
 * Another machine, as far as a shell can tell: this one's files, copied on write, with an empty /run and /tmp, processes
 * of its own, and a boot id. What is done there is gone with it, and this machine is not touched.
 */
export interface FakeMachine {
  /** Starts a command there. */
  readonly spawn: (argv: readonly string[]) => ChildProcessWithoutNullStreams;
  /** Runs a shell script there that must end well, and gives what it printed, without newlines at the end. */
  readonly sh: (script: string) => Promise<string>;
  /** Resolves when it is not just being booted. */
  readonly up: () => Promise<void>;
  /** Kills everything there, empties /run and /tmp, and starts the units that were enabled. */
  readonly reboot: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const isRoot = process.getuid?.() === 0;
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** /etc/systemd/system is emptied: this machine's units are not that one's. */
const makeDisk = (base: string): string => `
  set -e
  mount -t tmpfs none ${base}
  mkdir ${base}/root ${base}/upper ${base}/work
  mount -t overlay overlay -o lowerdir=/,upperdir=${base}/upper,workdir=${base}/work ${base}/root
  mkdir -p ${base}/root/etc/systemd/system ${base}/root/usr/local/sbin ${base}/root/proc ${base}/root/dev
  mount -t tmpfs none ${base}/root/etc/systemd/system
  mount -t tmpfs none ${base}/root/var/lib
  mount --rbind /dev ${base}/root/dev
  cat >${base}/root/usr/local/sbin/systemctl <<'end-of-fake'
${fakeSystemctl}end-of-fake
  chmod 0755 ${base}/root/usr/local/sbin/systemctl
  echo ready
  exec cat >/dev/null
`;

/** `wait` takes the orphans in, as process 1 must; the end of stdin ends it all. */
const boot = (base: string, bootId: string): string => `
  set -e
  cd ${base}/root
  for place in proc run tmp; do umount -l $place 2>/dev/null || :; done
  mount -t proc none proc
  mount -t tmpfs none run
  mount -t tmpfs none tmp
  chmod 1777 tmp
  mkdir -p run/systemd/system
  echo ${bootId} >${base}/boot_id
  mount --bind ${base}/boot_id proc/sys/kernel/random/boot_id
  exec 3<&0
  cat <&3 >/dev/null &
  echo ready
  wait $!
`;

const ready = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`no fake host can be made here; it takes root or user namespaces: ${said.trim()}`);
    }),
  ]);
};

const ended = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
};

/** Makes one and boots it. Rejects where neither root nor user namespaces are to be had. */
export const fakeMachine = async (): Promise<FakeMachine> => {
  const base = await mkdtemp(join(tmpdir(), 'fake-host-'));
  const user = isRoot ? [] : ['--map-root-user'];
  const disk = spawn('unshare', [...user, '--mount', '--propagation', 'private', 'sh', '-c', makeDisk(base)], {
    stdio: 'pipe',
  });
  await ready(disk);
  const enter = [`--target=${disk.pid}`, '--mount', ...(isRoot ? [] : ['--user', '--preserve-credentials'])];

  const start = async (): Promise<ChildProcessWithoutNullStreams> => {
    const inside = ['unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', boot(base, randomUUID())];
    const holder = spawn('nsenter', [...enter, ...inside], { stdio: 'pipe' });
    await ready(holder);
    return holder;
  };
  let holder = await start();
  let booting: Promise<void> = Promise.resolve();

  const machine = {
    // A session of its own, as sshd gives each.
    spawn: (argv: readonly string[]) =>
      spawn(
        'nsenter',
        [...enter, `--pid=/proc/${holder.pid}/ns/pid_for_children`, 'chroot', join(base, 'root'), 'setsid', ...argv],
        { stdio: 'pipe', env: { PATH: path, LANG: 'C.UTF-8', HOME: '/root' } },
      ),
    async sh(script: string) {
      const child = machine.spawn(['sh', '-s']);
      const out: Buffer[] = [];
      const errors: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.stdin.on('error', () => {});
      child.stdin.end(script);
      const [code]: readonly unknown[] = await once(child, 'close');
      if (code !== 0) throw new Error(`"${script}" ended with ${code}: ${Buffer.concat(errors).toString()}`);
      return Buffer.concat(out).toString().trimEnd();
    },
    up: () => booting,
    reboot() {
      booting = (async () => {
        await ended(holder);
        holder = await start();
        await machine.sh('systemctl fake-boot');
      })();
      return booting;
    },
    async close() {
      await ended(holder);
      await ended(disk);
      await rm(base, { recursive: true, force: true });
    },
  };
  return machine;
};
