/** One key of what a step reads: what it is, and what it shall be. */
export interface Change {
  /** Empty when the step reads one line instead of a record. */
  readonly key: string;
  readonly before: string;
  readonly after: string;
}
