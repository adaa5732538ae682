import { formatBytes } from '../model/bytes.ts';

/** What is passed on of a step's output as it comes, and what is kept of its end. In characters, which is near enough. */
export interface OutputLimits {
  readonly head: number;
  readonly tail: number;
}

export const outputLimits: OutputLimits = { head: 196_608, tail: 16_384 };

/** Lets the beginning of an output pass, and keeps its end: a step may print a gigabyte, and no journal should hold it. */
export interface OutputCap {
  /** What of it is to be shown now; empty once there was too much. */
  readonly take: (text: string) => string;
  /** What was held back: the end, after a word on how much is missing; empty when all has passed. */
  readonly rest: () => string;
}

export const outputCap = ({ head, tail }: OutputLimits = outputLimits): OutputCap => {
  let passed = 0;
  let held = 0;
  let kept = '';
  return {
    take(text) {
      const now = text.slice(0, Math.max(0, head - passed));
      const later = text.slice(now.length);
      passed += now.length;
      held += later.length;
      // Only as much as can be kept is put together: a part of a gigabyte may be large itself.
      if (later !== '') kept = (kept + later.slice(-tail)).slice(-tail);
      return now;
    },
    rest() {
      if (held === 0) return '';
      const missing = held - kept.length;
      const text = missing === 0 ? kept : `\n… ${formatBytes(missing)} of output were left out here …\n${kept}`;
      kept = '';
      held = 0;
      return text;
    },
  };
};
