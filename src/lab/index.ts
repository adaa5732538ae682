/** A throwaway fleet of real hosts on this machine: what the `lab` commands and the lab tests use. */
export type { CommandOptions, CommandResult } from './command.ts';
export type { Guest, LabHost } from './fleet.ts';
export type { Lab, LabOptions, SpawnOptions } from './lab.ts';
export type { Log } from './log.ts';
export { type LabSummary, listLabs, openLab } from './open.ts';
export { installTools } from './preconditions.ts';
export { type HostCounts, type Profile, parseHostCounts } from './profile.ts';
export { removeLab } from './remove.ts';
export type { HostStatus } from './status.ts';
export { type LabUpOptions, labUp } from './up.ts';
export { type Cable, qemuCommand } from './vm/hardware.ts';
export { identityScript } from './vm/identity.ts';
export type { Image } from './vm/image.ts';
export { MODULE_SOURCE, MODULE_VERSION } from './vm/kernel-layer.ts';
export type { Machine } from './vm/machine.ts';
export { openMonitor } from './vm/monitor.ts';
export { type MachineOptions, startMachine } from './vm/start.ts';
export { installMachineTools } from './vm/tools.ts';
