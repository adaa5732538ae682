import { appendFileSync } from 'node:fs';
import type { Lab, LabHost } from '../../../src/lab/index.ts';
import { type BootedHost, kindOf, tallyFileVariable } from '../../support/tally.ts';

/** What a host says of itself that a made-up one could not: who is PID 1, and what marks its profile. */
const evidence: Readonly<Record<BootedHost['kind'], string>> = {
  systemd: `[ "$(cat /proc/1/comm)" = systemd ] && systemctl is-active --quiet ovs-vswitchd.service ovsdb-server.service`,
  agent: `[ "$(cat /proc/1/comm)" = systemd ] && systemctl is-active --quiet neutron-openvswitch-agent.service`,
  source: `[ "$(cat /proc/1/comm)" = systemd ] && ! systemctl cat ovs-vswitchd.service >/dev/null 2>&1 && pidof ovs-vswitchd >/dev/null`,
};

const tallyHost = async (lab: Lab, host: LabHost, file: string): Promise<void> => {
  const kind = kindOf(host.profile);
  if (kind === null) return;
  const { code, stdout, stderr } = await lab.ssh(
    host.name,
    `${evidence[kind]} && cat /proc/sys/kernel/random/boot_id`,
    { limitMs: 60_000 },
  );
  if (code !== 0) throw new Error(`${lab.name} ${host.name} is no ${kind} host: ${stdout}${stderr}`);
  const booted: BootedHost = { kind, host: `${lab.name}/${host.name}`, boot: stdout.trim() };
  appendFileSync(file, `${JSON.stringify(booted)}\n`);
};

/** Tells the reporter which hosts of a lab were really booted. */
export const tallyHosts = async (lab: Lab): Promise<void> => {
  const file = process.env[tallyFileVariable];
  if (file === undefined) return;
  await Promise.all(lab.hosts.map((host) => tallyHost(lab, host, file)));
};
