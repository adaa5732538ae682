export {
  budgetSpent,
  finished,
  next,
  notStarted,
  openWave,
  type Position,
  position,
  type Schedule,
  type ScheduleOptions,
  start,
  started,
  stop,
} from './scheduler.ts';
export { failureLimit, waves } from './waves.ts';
