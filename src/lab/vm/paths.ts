import { join } from 'node:path';
import { CACHE } from '../paths.ts';

/** Disks to boot from: dear to make, shared by all machines, safe to delete when none runs. */
export const IMAGES = join(CACHE, 'machines');

/** One directory a machine, gone with it. */
export const MACHINES = '/var/lib/ovsfleet-machines';
