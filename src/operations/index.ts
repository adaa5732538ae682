/** General operations: what playbooks call `ops`. Each is a step of its own; see docs/operations.md. */
export {
  type GroupOptions,
  noUser,
  noUserGroup as noGroup,
  type UserOptions,
  user,
  userGroup as group,
} from './account.ts';
export { type ArchiveOptions, archive } from './archive.ts';
export type { Attributes, Mode } from './attributes.ts';
export { type BlockOptions, block, noBlock } from './block.ts';
export { type CommandOptions, command, type ScriptOptions, script, type Until } from './command.ts';
export { type CopyOptions, copy } from './copy.ts';
export { type CronOptions, cron, noCron } from './cron.ts';
export { type DownloadOptions, download } from './download.ts';
export { type FetchOptions, fetch } from './fetch.ts';
export { absent, directory, type FileOptions, file, link } from './file.ts';
export { type GitOptions, git } from './git.ts';
export { type LineOptions, line, type NoLineOptions, noLine } from './line.ts';
export { noPackages as noPackage, type PresentOptions, packages as package, type VersionOptions } from './package.ts';
export { type RebootFor, type RebootOptions, reboot } from './reboot.ts';
export { type ServiceOptions, service } from './service.ts';
export {
  hostname,
  type KernelModuleOptions,
  kernelModule,
  type MountOptions,
  mount,
  noMount,
  type SysctlOptions,
  sysctl,
} from './system.ts';
export { type TemplateOptions, template } from './template.ts';
export { type UnitOptions, unit } from './unit.ts';
export { type PortOptions, type WaitForFileOptions, waitFor, waitForFile, waitForPort } from './wait-for.ts';
