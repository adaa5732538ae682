import type { BatchPart } from '../../../../src/shell/index.ts';

/** The same parts, neighbouring output joined: how output was cut up on its way is nobody's business. */
export const joined = (parts: readonly BatchPart[]): readonly BatchPart[] => {
  const done: BatchPart[] = [];
  for (const part of parts) {
    const last = done.at(-1);
    if (last?.part === 'output' && part.part === 'output') {
      done.splice(-1, 1, { part: 'output', text: last.text + part.text });
    } else done.push(part);
  }
  return done;
};
