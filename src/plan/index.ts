export { approval, type Digests, headDifferences, type PlanHead } from './approval.ts';
export { fileDiffs, fileReads, type LocalFile, shownBytes, withDiffs } from './file-diff.ts';
export {
  forecast,
  isPending,
  isSatisfied,
  type Probe,
  plannedNodes,
  type Readings,
  readables,
} from './forecast.ts';
export { type Oversight, type PlannedTree, unsupervised } from './oversight.ts';
export { changesBetween } from './record.ts';
export { type PlanRecorder, planRecorder } from './recorder.ts';
