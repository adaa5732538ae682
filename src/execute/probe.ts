import type { Reading } from '../model/plan-document.ts';
import type { Connection } from '../model/ports.ts';
import type { Readings } from '../plan/index.ts';
import { type BatchStep, probeBatch, type Script } from '../shell/index.ts';
import { type BatchEnd, converse } from './converse.ts';
import type { Services } from './services.ts';

const asStep = (read: Script): BatchStep => ({ read, want: '', ways: [], withinSeconds: 0, limitSeconds: 0 });

/** Reads all of these, by name, in one round trip. Nothing is changed. */
export const probe = async (
  connection: Connection,
  reads: ReadonlyMap<string, Script>,
  services: Pick<Services, 'libraries' | 'nonce' | 'secrets'>,
  signal?: AbortSignal,
): Promise<{ readonly end: BatchEnd; readonly readings: Readings }> => {
  const nonce = services.nonce();
  const names = [...reads.keys()];
  const readings = new Map<string, Reading>();
  const program = probeBatch([...reads.values()].map(asStep), {
    nonce,
    libraries: services.libraries,
    open: services.secrets.open,
  });
  const end = await converse(connection, program, nonce, {
    frame: (frame) => {
      const name = names[frame.index];
      if (name === undefined) return;
      if (frame.kind === 'read') readings.set(name, { is: 'value', text: frame.text });
      if (frame.kind === 'unknown') readings.set(name, { is: 'unknown', until: frame.text });
      if (frame.kind === 'error') readings.set(name, { is: 'error', message: frame.text });
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return { end, readings };
};
