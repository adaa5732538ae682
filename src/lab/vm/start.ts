import { spawn } from 'node:child_process';
import { copyFile, mkdir, open, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FleetError } from '../../model/error.ts';
import { run } from '../command.ts';
import { withLock } from '../lock.ts';
import type { Log } from '../log.ts';
import { checkLabName } from '../names.ts';
import { identify, machineBootId } from '../process-identity.ts';
import { until } from '../wait.ts';
import { BLANK_VARIABLES, type Cable, qemuCommand } from './hardware.ts';
import { ensureImage, type Image, type ImageName } from './image.ts';
import { machineInventory } from './inventory.ts';
import { type Machine, machineOf } from './machine.ts';
import { openMonitor } from './monitor.ts';
import { freePort } from './port.ts';
import {
  machineDir,
  ownProcess,
  RECORDS_LOCK,
  readRecord,
  removeMachine,
  runs,
  sweepMachines,
  writeRecord,
} from './record.ts';

export interface MachineOptions {
  /** Small letters, digits and dashes. */
  readonly name: string;
  readonly image: ImageName;
  /** The last number of its address on the cable; 4 unless told. */
  readonly number?: number;
  readonly cable?: Cable;
  /** Words for the kernel's command line, such as `module.sig_enforce=1`: they take effect at a boot of its own. */
  readonly kernelWords?: readonly string[];
  /** `uefi`: with a store of variables of its own, without keys; it takes effect at a boot of its own. A BIOS unless told. */
  readonly firmware?: 'bios' | 'uefi';
  /** `true`: it runs until it is removed. `false`: until this process is dead. */
  readonly keep: boolean;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const BOOTED = 'booted';
const limitMs = 120_000;

const overlay = async (image: Image, disk: string): Promise<void> => {
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', image.disk, '-F', 'raw', disk], { limitMs });
};

const blankVariables = async (file: string): Promise<void> => {
  await run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', BLANK_VARIABLES, file], { limitMs });
};

const powerOn = async (options: MachineOptions, image: Image, snapshot: string | null): Promise<Machine> => {
  const { name, cable = { kind: 'none' }, kernelWords = [], number = 4, keep, log, signal } = options;
  const directory = machineDir(name);
  const port = await freePort();
  await copyFile(image.key, join(directory, 'key'));
  await writeFile(join(directory, 'known_hosts'), `[127.0.0.1]:${port} ${image.hostKey}\n`);
  await writeFile(join(directory, 'inventory.yaml'), machineInventory(name, port, directory));
  const output = await open(join(directory, 'output'), 'a');
  const monitor = join(directory, 'monitor');
  const variables = options.firmware === 'uefi' ? join(directory, 'variables') : null;
  if (variables !== null) await blankVariables(variables);
  const disk = join(directory, 'disk');
  const wiring = { image, disk, port, console: join(directory, 'console'), monitor, cable, variables };
  const command = qemuCommand({ ...wiring, kernelWords, snapshot });
  // However this process ends, even by SIGKILL, the emulator ends with it (setpriv(1)).
  const [file = 'false', ...args] = keep ? command : ['setpriv', '--pdeathsig', 'KILL', ...command];
  const child = spawn(file, args, { detached: true, stdio: ['ignore', output.fd, output.fd] });
  child.unref();
  child.on('error', () => undefined);
  await output.close();
  const qemu = child.pid === undefined ? undefined : identify(child.pid);
  await writeRecord(name, { bootId: machineBootId(), owner: keep ? null : ownProcess(), qemu: qemu ?? null });
  const lastWords = async (): Promise<string> => run(['tail', '-n', '5', join(directory, 'output')], { limitMs });
  await until({ what: `${name}'s monitor`, limitMs, signal, lastWords }, async () => {
    const record = await readRecord(name);
    if (record === undefined || !runs(record)) {
      throw new FleetError({
        code: 'lab.machine-refused',
        message: `qemu ended at once for ${name}: ${(await lastWords()).trim()}`,
        remedy: command.join(' '),
      });
    }
    return openMonitor(name, monitor).then(
      (one) => {
        one.close();
        return true;
      },
      () => false,
    );
  });
  const machine = machineOf({ name, image, port, number, log, signal });
  await machine.waitForLogin();
  return machine;
};

/** Makes a machine's directory under its owner's name, and removes it all when `body` fails. */
const guarded = async <T>(name: string, log: Log, body: () => Promise<T>): Promise<T> => {
  const found = await readRecord(name);
  if (found !== undefined && runs(found)) {
    throw new FleetError({
      code: 'lab.exists',
      message: `there is a machine ${name} already`,
      remedy: `kill ${found.qemu?.pid ?? ''}`,
    });
  }
  await withLock(RECORDS_LOCK, { limitMs, log }, async () => {
    await removeMachine(name);
    await writeRecord(name, { bootId: machineBootId(), owner: ownProcess(), qemu: null });
  });
  try {
    return await body();
  } catch (error) {
    await removeMachine(name);
    throw error;
  }
};

/** A disk of the image with a snapshot of it booted, made once: going on from it takes seconds, a boot half a minute. */
const bootedDisk = async (image: Image, options: MachineOptions): Promise<string> => {
  const disk = join(dirname(image.disk), 'booted');
  const there = async (): Promise<boolean> =>
    stat(disk).then(
      () => true,
      () => false,
    );
  const { log, signal } = options;
  await withLock(`machine-booted-${image.name}`, { limitMs: 60 * 60_000, log, signal }, async () => {
    if (await there()) return;
    log(`machine image ${image.name}: booting it once`);
    const name = `boot-${image.name}-${process.pid}`;
    const making = { name, image: image.name, keep: false, log, signal };
    await guarded(name, log, async () => {
      await overlay(image, join(machineDir(name), 'disk'));
      const machine = await powerOn(making, image, null);
      await machine.say('sync; systemctl is-system-running --wait || true', { limitMs: 600_000 });
      await machine.save(BOOTED);
      const monitor = await openMonitor(name, join(machine.directory, 'monitor'));
      // It may end before it has answered.
      await monitor.execute('quit').catch(() => undefined);
      monitor.close();
      await until({ what: `${name} to end`, limitMs, signal }, async () => {
        const record = await readRecord(name);
        return record === undefined || !runs(record);
      });
      await copyFile(join(machine.directory, 'disk'), `${disk}.new`);
      await run(['mv', `${disk}.new`, disk], { limitMs });
    });
    await removeMachine(name);
  });
  return disk;
};

/**
 * Starts a machine and returns when root is let in. The image is made on the first call, and booted once: later ones go on
 * from there, unless the kernel is told words of its own or the firmware is another. Rejects with `lab.exists`, `lab.layer-failed`,
 * `lab.machine-refused` or `lab.timeout`; nothing of the machine is left then.
 */
export const startMachine = async (options: MachineOptions): Promise<Machine> => {
  const { name, log, signal, kernelWords = [], firmware = 'bios' } = options;
  checkLabName(name);
  await withLock(RECORDS_LOCK, { limitMs, log, signal }, () => sweepMachines(log));
  const image = await ensureImage(options.image, { log, signal });
  const snapshot = kernelWords.length === 0 && firmware === 'bios' ? BOOTED : null;
  const booted = snapshot === null ? undefined : await bootedDisk(image, options);
  return guarded(name, log, async () => {
    const disk = join(machineDir(name), 'disk');
    await mkdir(machineDir(name), { recursive: true, mode: 0o700 });
    if (booted === undefined) await overlay(image, disk);
    else await copyFile(booted, disk);
    return powerOn(options, image, snapshot);
  });
};
