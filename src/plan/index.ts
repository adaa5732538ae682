export {
  forecast,
  isPending,
  isSatisfied,
  type Probe,
  plannedNodes,
  type Reading,
  type Readings,
  readables,
} from './forecast.ts';
export { changesBetween } from './record.ts';
