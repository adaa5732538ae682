import { patternOf } from './config/patterns.ts';

/** Algorithms of one kind: what we offer by ourselves, and what ssh2 can do besides. */
export interface Offer<T extends string> {
  readonly ours: readonly T[];
  readonly more: readonly T[];
}

/**
 * A list as ssh_config has it (ssh_config(5), Ciphers): algorithms instead of ours, or changes to ours with `+` (also),
 * `-` (not, patterns) or `^` (first). What ssh2 cannot do is left out.
 */
export const offered = <T extends string>(written: string | null, { ours, more }: Offer<T>): readonly T[] => {
  if (written === null) return ours;
  const all = [...ours, ...more];
  const sign = /^[+^-]/.exec(written)?.[0] ?? '';
  const words = written.slice(sign.length).split(',');
  const named = words.flatMap((word) => all.filter((algorithm) => algorithm === word));
  const without = (left: readonly T[], taken: (algorithm: T) => boolean): readonly T[] =>
    left.filter((algorithm) => !taken(algorithm));
  switch (sign) {
    case '+':
      return [...ours, ...without(named, (algorithm) => ours.includes(algorithm))];
    case '^':
      return [...named, ...without(ours, (algorithm) => named.includes(algorithm))];
    case '-': {
      const patterns = words.map(patternOf);
      return without(ours, (algorithm) => patterns.some((matches) => matches(algorithm)));
    }
    default:
      return named;
  }
};
