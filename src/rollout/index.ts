export { type Domains, domainsBy } from './domains.ts';
export { type HostTime, hostTime } from './estimate.ts';
export { type Foresight, foresee } from './foresee.ts';
export { hostWindows, timetables } from './host-calendar.ts';
export { itinerary } from './itinerary.ts';
export { concurrencyAllowed, confirmAbove, judge } from './policy.ts';
export {
  budgetSpent,
  finished,
  judged,
  next,
  openWave,
  position,
  returned,
  type Schedule,
  type ScheduleOptions,
  start,
  started,
  stop,
  waitingIn,
} from './scheduler.ts';
export { type Timetable, timetable } from './timetable.ts';
export { capacityOf, failureLimit, waves, windowOf } from './waves.ts';
