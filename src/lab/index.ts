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
