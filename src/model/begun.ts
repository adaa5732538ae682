/** Who began a transaction, and when by the host's clock, milliseconds since the epoch; `null` where that is not known. */
export interface Begun {
  readonly owner: string | null;
  readonly sinceMs: number | null;
}

/** `, begun by ann@ctl1, since 2026-01-13T01:00:00Z`, as much of it as is known. */
export const begunText = ({ owner, sinceMs }: Begun): string => {
  const since = sinceMs === null ? '' : `, since ${new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z')}`;
  return `${owner === null ? '' : `, begun by ${owner}`}${since}`;
};
