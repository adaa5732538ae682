import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify, isAlive, machineBootId, type ProcessIdentity } from '../../../src/lab/process-identity.ts';
import { type MachineRecord, readRecord, sweepMachines, writeRecord } from '../../../src/lab/vm/record.ts';

describe('what is left of machines', () => {
  let root: string;
  let emulators: ChildProcess[];
  const log = (): void => undefined;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'machines-'));
    emulators = [];
  });
  afterEach(async () => {
    for (const emulator of emulators) emulator.kill('SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  /** A process that stands for a machine's emulator. */
  const emulator = async (): Promise<ProcessIdentity> => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    emulators.push(child);
    await once(child, 'spawn');
    const found = identify(child.pid ?? 0);
    if (found === undefined) throw new Error('sleep did not start');
    return found;
  };
  const self = (): ProcessIdentity | null => identify(process.pid) ?? null;
  const dead = (): ProcessIdentity => ({ pid: process.pid, startTime: '1' });
  const bootId = machineBootId();

  test.each<{ name: string; record: (qemu: ProcessIdentity) => MachineRecord; runs: boolean; left: string[] }>([
    {
      name: 'is ended when its owner was killed',
      record: (qemu) => ({ bootId, owner: dead(), qemu }),
      runs: false,
      left: [],
    },
    {
      name: 'is left alone while its owner lives',
      record: (qemu) => ({ bootId, owner: self(), qemu }),
      runs: true,
      left: ['one'],
    },
    {
      name: 'is left alone when it is kept',
      record: (qemu) => ({ bootId, owner: null, qemu }),
      runs: true,
      left: ['one'],
    },
    {
      name: 'whose process number another program has by now is forgotten, and that program left alone',
      record: (qemu) => ({ bootId, owner: dead(), qemu: { ...qemu, startTime: '2' } }),
      runs: true,
      left: [],
    },
    {
      name: 'of before a reboot is forgotten, and who has its number now left alone',
      record: (qemu) => ({ bootId: 'another', owner: null, qemu }),
      runs: true,
      left: [],
    },
  ])('a machine $name', async ({ record, runs, left }) => {
    const qemu = await emulator();
    await writeRecord('one', record(qemu), root);
    await sweepMachines(log, root);
    expect(isAlive(qemu)).toBe(runs);
    expect(await readdir(root)).toEqual(left);
  });

  test('a machine that is just being started is left alone', async () => {
    await writeRecord('one', { bootId, owner: self(), qemu: null }, root);
    await sweepMachines(log, root);
    expect(await readRecord('one', root)).toEqual({ bootId, owner: self(), qemu: null });
  });
});
