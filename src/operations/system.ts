import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { refuse } from './refuse.ts';

const withSystem = (script: Script): Script => using(['op-files', 'op-lines', 'op-service', 'op-system'], script);

/** The host is called so, now and after a boot. /etc/hosts is a file of its own. */
export const hostname = (name: string, { title = `hostname ${name}` }: Named = {}): Step => {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(name))
    throw refuse(
      'hostname',
      `${title}: "${name}" is no name of a host.`,
      'Use letters, digits, dots and dashes; 64 at most.',
    );
  return step(title, {
    read: withSystem(sh`op_hostname`),
    want: { now: name, boot: name },
    make: withSystem(sh`op_keep /etc/hostname && op_keep_name && op_set_hostname ${name}`),
    undo: withSystem(sh`op_name_back && op_put_back /etc/hostname`),
  });
};

export interface SysctlOptions extends Named {
  /** Where it is set for the next boot; `/etc/sysctl.d/90-ovsfleet.conf` unless said. */
  readonly file?: string;
}

/** A setting of the kernel has this value, now and at boot. A kernel that has no such setting is an error. */
export const sysctl = (key: string, value: string | number, options: SysctlOptions = {}): Step => {
  const { file = '/etc/sysctl.d/90-ovsfleet.conf', title = `sysctl ${key}` } = options;
  const text = String(value).trim().replaceAll(/\s+/g, ' ');
  if (!/^\w[\w./-]*$/.test(key) || key.includes('..') || text === '')
    throw refuse(
      'sysctl',
      `${title}: "${key}" with value "${text}" is no setting.`,
      "Write: ops.sysctl('net.ipv4.ip_forward', 1)",
    );
  return step(title, {
    read: withSystem(sh`op_sysctl ${key} ${absolute(file, title)}`),
    want: { now: text, boot: text },
    make: withSystem(sh`op_keep_sysctl ${key} ${file} && op_set_sysctl ${key} ${text} ${file}`),
    undo: withSystem(sh`op_sysctl_back ${key} ${file}`),
  });
};

/** At least one of them. What is blacklisted is not loaded for a device; a module that is asked for by name still is. */
export type KernelModuleOptions = Named &
  (
    | { readonly loaded: boolean; readonly atBoot?: boolean; readonly blacklisted?: boolean }
    | { readonly loaded?: boolean; readonly atBoot: boolean; readonly blacklisted?: boolean }
    | { readonly loaded?: boolean; readonly atBoot?: boolean; readonly blacklisted: boolean }
  );

const word = (value: boolean | undefined, yes: string, no: string): string => {
  if (value === undefined) return '';
  return value ? yes : no;
};

/**
 * A module of the kernel is loaded or not, now and at boot (modules-load.d), or kept from being loaded for a device
 * (modprobe.d). One that is built in counts as loaded. Those of Open vSwitch have operations of their own.
 */
export const kernelModule = (name: string, options: KernelModuleOptions): Step => {
  const { title = `kernel module ${name}` } = options;
  if (!/^[\w-]+$/.test(name)) throw refuse('module', `${title}: "${name}" is no name of a module.`, 'See: lsmod');
  const now = word(options.loaded, 'loaded', 'absent');
  const boot = word(options.atBoot, 'loaded', 'as it comes');
  const blacklist = word(options.blacklisted, 'yes', 'no');
  const want = Object.fromEntries(Object.entries({ now, boot, blacklist }).filter(([, value]) => value !== ''));
  return step(title, {
    read: withSystem(sh`op_module ${name} ${Object.keys(want).join(' ')}`),
    want,
    make: withSystem(sh`op_make_module ${name} ${now} ${boot} ${blacklist}`),
  });
};

export interface MountOptions extends Named {
  /** A device, `LABEL=…`, `UUID=…`, `host:/export`, `tmpfs`. */
  readonly from: string;
  readonly type: string;
  /** As fstab(5) has them; `defaults` unless said. */
  readonly options?: string;
  /** Whether it is mounted, or stands in fstab only; mounted unless said. */
  readonly now?: 'mounted' | 'as it is';
}

const mountPoint = (path: string, title: string): string => {
  if (/\s/.test(absolute(path, title)))
    throw refuse('mount', `${title}: fstab has no plain way to write a space.`, 'Mount it where the path has none.');
  return path;
};

/** Something is mounted, and stands in /etc/fstab for the next boot; its directory is made. */
export const mount = (path: string, options: MountOptions): Step => {
  const { from, type, options: how = 'defaults', now = 'mounted', title = `mount ${path}` } = options;
  if ([from, type, how].some((value) => value === '' || /\s/.test(value)))
    throw refuse('mount', `${title}: each field of fstab is one word.`, 'Write a space in a name as \\040.');
  const want = { ...(now === 'mounted' ? { now: `${from} ${type}` } : {}), boot: `${from} ${type} ${how}` };
  return step(title, {
    read: withSystem(sh`op_mount ${mountPoint(path, title)} ${from} ${Object.keys(want).join(' ')}`),
    want,
    make: withSystem(sh`op_make_mount ${path} ${from} ${type} ${how} ${now === 'mounted' ? 'mounted' : ''}`),
  });
};

/** Nothing is mounted there, nor would be at boot. */
export const noMount = (path: string, { title = `no mount ${path}` }: Named = {}): Step =>
  step(title, {
    read: withSystem(sh`op_mount ${mountPoint(path, title)} '' ${'now boot'}`),
    want: { now: 'absent', boot: 'absent' },
    make: withSystem(sh`op_take_mount ${path}`),
  });
