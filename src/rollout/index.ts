export {
  budgetSpent,
  finished,
  next,
  openWave,
  position,
  type Schedule,
  type ScheduleOptions,
  start,
  started,
  stop,
} from './scheduler.ts';
export { type Timetable, timetable } from './timetable.ts';
export { failureLimit, waves } from './waves.ts';
