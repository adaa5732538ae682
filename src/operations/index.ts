/** General operations, one file each: what playbooks call `ops`. */
export { type RebootFor, type RebootOptions, reboot } from './reboot.ts';
