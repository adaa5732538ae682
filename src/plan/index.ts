export { forecast, isPending, type Probe, plannedNodes, type Reading, type Readings, readables } from './forecast.ts';
export { changesBetween } from './record.ts';
