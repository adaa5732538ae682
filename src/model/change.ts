/** One key of what a step reads: what it is, and what it shall be. */
export interface Change {
  /** Empty when the step reads one line instead of a record. */
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** `release reads "3.1.0" in place of "3.5.0"`: what a check finds that would have to be otherwise. */
export const insteadText = ({ key, before, after }: Change): string =>
  `${key === '' ? '' : `${key} `}reads "${before}" in place of "${after}"`;
