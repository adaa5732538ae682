import { fileURLToPath } from 'node:url';

/** Layers and release tarballs: dear to make, shared by all labs, safe to delete when no lab is up. */
export const CACHE = '/var/cache/ovsfleet-lab';
/** One directory a lab. Must be on a filesystem that can hold an overlay's upper directory. */
export const LABS = '/var/lib/ovsfleet-lab';

/** A file under templates/lab, beside the sources and beside the compiled program alike. */
export const asset = (name: string): string => fileURLToPath(new URL(`../../templates/lab/${name}`, import.meta.url));
