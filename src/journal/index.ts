export { openJournal } from './append.ts';
export { readProgress } from './chain.ts';
export { changedBy } from './changed-by.ts';
export type { LockHolder } from './lock-holder.ts';
export { foldProgress, hostsLeft, type Progress } from './progress.ts';
export { readJournal } from './read.ts';
export { runId } from './run-id.ts';
export { type LockSelf, lockFile, type RunLock, takeRunLock } from './run-lock.ts';
export { findRun, listRuns, newRunDirectory } from './runs.ts';
