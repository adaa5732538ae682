import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type CommandOptions, type CommandResult, run, tryRun } from '../command.ts';
import type { Log } from '../log.ts';
import { until } from '../wait.ts';
import { cableAddress, identityScript } from './identity.ts';
import type { Image } from './image.ts';
import { loginCommand } from './login.ts';
import { openMonitor } from './monitor.ts';
import { machineDir, readRecord, removeMachine, runs } from './record.ts';

/** A machine that was started: its own kernel, disk, network cards, and nobody else's. */
export interface Machine {
  readonly name: string;
  readonly image: Image;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly directory: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Ansible-style YAML: what `--inventory` takes. */
  readonly inventoryFile: string;
  /** Its address on the cable to another machine. */
  readonly address: string;
  /** Runs a shell command in it as root; code 255 is ssh's own: no connection. Default limit 5 minutes. */
  ssh(command: string, options?: Partial<CommandOptions>): Promise<CommandResult>;
  /** The same for a command that must end well; gives what it printed. Rejects with `lab.command-failed`. */
  say(command: string, options?: Partial<CommandOptions>): Promise<string>;
  /** Waits until it lets root in. Rejects with `lab.timeout` and the last lines of its console. */
  waitForLogin(): Promise<void>;
  /** Keeps all of it, memory and disk, under a name. */
  save(snapshot: string): Promise<void>;
  /** Goes back to what was kept. */
  restore(snapshot: string): Promise<void>;
  /** `systemctl reboot`; done when root is let in again under another boot id. */
  reboot(): Promise<void>;
  /** Presses its reset button: nothing is synced, nothing said. Done when root is let in again. */
  reset(): Promise<void>;
  /** Pulls the plug of a card, or puts it back. */
  setCable(card: 'eth0' | 'eth1', to: 'in' | 'out'): Promise<void>;
  /** What it last printed on its console. */
  console(lines?: number): Promise<string>;
  /** Ends it and removes all that belongs to it. */
  remove(): Promise<void>;
}

export interface MachineSetting {
  readonly name: string;
  readonly image: Image;
  readonly port: number;
  /** The last number of its address on the cable. */
  readonly number: number;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

// 20 s on a quiet machine of two cores, four times that with two machines, and much more on a busy one.
const LOGIN_LIMIT_MS = 900_000;
const BOOT_ID = 'cat /proc/sys/kernel/random/boot_id';

const onMonitor = async (name: string, act: (monitor: Awaited<ReturnType<typeof openMonitor>>) => Promise<unknown>) => {
  const monitor = await openMonitor(name, join(machineDir(name), 'monitor'));
  try {
    await act(monitor);
  } finally {
    monitor.close();
  }
};

/** The handle of a machine whose emulator runs. */
export const machineOf = (setting: MachineSetting): Machine => {
  const { name, image, port, number, signal } = setting;
  const directory = machineDir(name);
  const machineId = randomBytes(16).toString('hex');
  const command = (text: string): readonly string[] => loginCommand(directory, port, [text]);
  const limits = { limitMs: 300_000, signal };
  const ssh: Machine['ssh'] = async (text, more = {}) => tryRun(command(text), { ...limits, ...more });
  const consoleTail = async (lines = 15): Promise<string> =>
    (await run(['tail', '-n', String(lines), join(directory, 'console')], { limitMs: 10_000 })).trim();

  const waitFor = async (what: string, check: () => Promise<boolean>): Promise<void> =>
    until(
      { what: `${name} ${what}`, limitMs: LOGIN_LIMIT_MS, everyMs: 500, signal, lastWords: consoleTail },
      async () => {
        const record = await readRecord(name);
        if (record === undefined || !runs(record))
          throw new Error(`the machine ${name} has ended: ${await consoleTail()}`);
        return check();
      },
    );
  const waitForLogin = async (): Promise<void> =>
    waitFor(
      'to let root in',
      async () => (await ssh('true', { limitMs: 120_000 }).catch(() => ({ code: 255 }))).code === 0,
    );
  const introduce = async (): Promise<void> => {
    const script = identityScript({ name, machineId, number }, Math.floor(Date.now() / 1000));
    await run(loginCommand(directory, port, ['sh']), { ...limits, input: script });
  };
  const bootId = async (): Promise<string> => (await ssh(BOOT_ID, { limitMs: 120_000 })).stdout.trim();
  const afterBoot = async (before: string): Promise<void> =>
    waitFor('to come back', async () => {
      const now = await bootId().catch(() => '');
      return now !== '' && now !== before;
    });

  return {
    name,
    image,
    port,
    directory,
    keyFile: join(directory, 'key'),
    knownHostsFile: join(directory, 'known_hosts'),
    inventoryFile: join(directory, 'inventory.yaml'),
    address: cableAddress(number),
    ssh,
    say: async (text, more = {}) => (await run(command(text), { ...limits, ...more })).trim(),
    waitForLogin: async () => {
      await waitForLogin();
      await introduce();
    },
    save: async (snapshot) => onMonitor(name, (monitor) => monitor.line(`savevm ${snapshot}`)),
    restore: async (snapshot) => {
      await onMonitor(name, (monitor) => monitor.line(`loadvm ${snapshot}`));
      await waitForLogin();
      await introduce();
    },
    reboot: async () => {
      const before = await bootId();
      await ssh('systemctl reboot');
      await afterBoot(before);
    },
    reset: async () => {
      const before = await bootId();
      await onMonitor(name, (monitor) => monitor.execute('system_reset'));
      await afterBoot(before);
    },
    setCable: async (card, to) =>
      onMonitor(name, (monitor) =>
        monitor.execute('set_link', { name: card === 'eth0' ? 'n0' : 'n1', up: to === 'in' }),
      ),
    console: consoleTail,
    remove: async () => removeMachine(name),
  };
};
