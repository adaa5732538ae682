import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a connection that hears nothing is believed in: three keepalives of ten seconds, and the next. */
export const longSilence = (): Promise<void> => sleep(50_000);
export const shortSilence = (): Promise<void> => sleep(5_000);
