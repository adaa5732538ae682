export { type Journal, openJournal } from './append.ts';
export {
  foldProgress,
  hostsLeft,
  type OpenTransaction,
  type PlayProgress,
  type Progress,
} from './progress.ts';
export { type ReadJournal, readJournal } from './read.ts';
export { runId } from './run-id.ts';
export { findRun, listRuns, newRunDirectory, type RunDirectory } from './runs.ts';
