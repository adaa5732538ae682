export { openJournal } from './append.ts';
export { foldProgress, hostsLeft, type Progress } from './progress.ts';
export { readJournal } from './read.ts';
export { runId } from './run-id.ts';
export { findRun, listRuns, newRunDirectory } from './runs.ts';
