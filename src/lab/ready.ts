import { FleetError } from '../model/error.ts';
import { consoleTail, isRunning } from './boot.ts';
import { type CommandResult, tryRun } from './command.ts';
import type { LabHost } from './fleet.ts';
import type { Log } from './log.ts';
import { type Profile, TRAITS } from './profile.ts';
import { sshCommand } from './ssh-command.ts';
import { until } from './wait.ts';

/** A quiet machine boots a host in 1 s, 200 of them in 130 s. */
const BOOT_LIMIT_MS = 300_000;
/** Guests answer 1 s after their bridges are there; behind agents, 15 s. */
const TRAFFIC_LIMIT_MS = 240_000;

export interface ReadyOptions {
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const ssh = async (
  lab: string,
  host: LabHost,
  command: string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<CommandResult> => tryRun(sshCommand(lab, host, [command]), { limitMs, signal });

const deadHost = async (lab: string, host: LabHost): Promise<FleetError> =>
  new FleetError({
    code: 'lab.host-died',
    message: `${host.name} ended instead of booting; its console says:\n${await consoleTail(lab, host.name)}`,
    remedy: `ovsfleet lab start ${host.name} -n ${lab}`,
  });

/** The boot that a host is in, by logging in to it; `undefined` when that fails. */
export const bootIdOf = async (lab: string, host: LabHost): Promise<string | undefined> => {
  const { code, stdout } = await ssh(lab, host, 'cat /proc/sys/kernel/random/boot_id', 30_000);
  return code === 0 ? stdout.trim() : undefined;
};

const waitForLogin = async (lab: string, host: LabHost, options: ReadyOptions): Promise<void> => {
  const wait = {
    what: `an SSH login on ${host.name} (${host.address})`,
    limitMs: BOOT_LIMIT_MS,
    everyMs: 200,
    signal: options.signal,
    lastWords: async () => consoleTail(lab, host.name),
  };
  await until(wait, async () => {
    if (!(await isRunning(lab, host.name))) throw await deadHost(lab, host);
    return (await ssh(lab, host, 'true', 30_000, options.signal)).code === 0;
  });
};

const SWITCH_UNITS = ['openvswitch-switch', 'ovs-vswitchd', 'ovsdb-server', 'ovsfleet-lab-topology'];

/** Units that must be active once a host has booted. */
const UNITS: Readonly<Record<Profile, readonly string[]>> = {
  pkg31: SWITCH_UNITS,
  src: ['ovsfleet-lab-rc-local', 'ovsfleet-lab-topology'],
  agent: [...SWITCH_UNITS, 'neutron-openvswitch-agent'],
  over: SWITCH_UNITS,
  tight: SWITCH_UNITS,
  builder: ['ssh'],
  plain: ['ssh'],
  ssh: [],
  login: [],
};

const waitForUnits = async (lab: string, host: LabHost, options: ReadyOptions): Promise<void> => {
  const units = UNITS[host.profile].join(' ');
  if (units === '') return;
  // --wait: until all jobs of the boot are done, whatever came of them (systemctl(1)).
  const program = `systemctl is-system-running --wait >/dev/null 2>&1
for unit in ${units}; do
  systemctl is-active --quiet "$unit" && continue
  echo "$unit is $(systemctl is-active "$unit")"; journalctl --no-pager --lines=15 --unit="$unit"; exit 1
done`;
  const wait = {
    what: `the units of ${host.name} to start`,
    limitMs: BOOT_LIMIT_MS,
    everyMs: 500,
    signal: options.signal,
  };
  await until(wait, async () => {
    const { code, stdout, stderr } = await ssh(lab, host, program, BOOT_LIMIT_MS, options.signal);
    if (code === 0) return true;
    // 255 is ssh's own: the connection broke, the host has said nothing yet.
    if (code === 255) return false;
    throw new FleetError({
      code: 'lab.unit-failed',
      message: `${host.name} has booted, but ${(stdout || stderr).trim()}`,
      remedy: `ovsfleet lab ssh ${host.name} -n ${lab}`,
    });
  });
};

/**
 * Active is not alive: the agent's unit is active 10 s before its first loop has wired the ports and swept the flows of
 * its predecessor.
 */
const waitForAgent = async (lab: string, host: LabHost, options: ReadyOptions): Promise<void> => {
  const log = '/var/log/neutron/neutron-openvswitch-agent.log';
  const program = `since=$(date -d "$(systemctl show --property=ActiveEnterTimestamp --value neutron-openvswitch-agent)" '+%F %T')
awk -v since="$since" '$1 " " $2 >= since && /iteration:0 completed/ { done = 1 } END { exit !done }' ${log}`;
  const wait = {
    what: `the agent of ${host.name} to complete its first loop`,
    limitMs: TRAFFIC_LIMIT_MS,
    everyMs: 500,
    signal: options.signal,
    lastWords: async () => (await ssh(lab, host, `tail -n 8 ${log}`, 30_000)).stdout,
  };
  await until(wait, async () => (await ssh(lab, host, program, 30_000, options.signal)).code === 0);
};

/** Waits until a host can be logged in to and all that its profile promises is active. Rejects with the host's own last words. */
export const waitForHost = async (lab: string, host: LabHost, options: ReadyOptions): Promise<void> => {
  await waitForLogin(lab, host, options);
  if (TRAITS[host.profile].init === 'systemd') await waitForUnits(lab, host, options);
  if (host.profile === 'agent') await waitForAgent(lab, host, options);
};

/** Whether a host's guest gets an answer from its peer's. Always `false` for a guest without peer. */
export const guestsPing = async (lab: string, host: LabHost, peer: LabHost, tries = 1): Promise<boolean> => {
  if (peer.guest === undefined) return false;
  // The first packets may be lost while ARP and the tunnel settle: keep asking, one second each.
  const ping = `ip netns exec guest ping -n -c 1 -W 1 ${peer.guest.address}`;
  const program = `i=0; while [ $i -lt ${tries} ]; do ${ping} >/dev/null 2>&1 && exit 0; i=$((i + 1)); sleep 0.2; done; exit 1`;
  return (await ssh(lab, host, program, 30_000 + tries * 2000)).code === 0;
};

/** Waits until a host's guest gets an answer from its peer's. */
export const waitForTraffic = async (
  lab: string,
  host: LabHost,
  peer: LabHost,
  options: ReadyOptions,
): Promise<void> => {
  const what = `the guest of ${host.name} to reach the guest of ${peer.name} (${peer.guest?.address ?? 'none'})`;
  await until(
    {
      what,
      limitMs: TRAFFIC_LIMIT_MS,
      everyMs: 500,
      signal: options.signal,
      lastWords: async () => lastOvsWords(lab, host),
    },
    async () => guestsPing(lab, host, peer, 10),
  );
};

const lastOvsWords = async (lab: string, host: LabHost): Promise<string> => {
  const logs = 'tail -n 8 /var/log/openvswitch/ovs-vswitchd.log /var/log/neutron/*.log 2>/dev/null';
  return (await ssh(lab, host, logs, 30_000)).stdout;
};
