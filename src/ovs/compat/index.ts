export type { Finding, Pair, SeenTools } from './finding.ts';
export { refuseUnreleased, refuseWrongTag, tagOf } from './names.ts';
export { buildPackages, modulePackages, runPackages, type Tools } from './packages.ts';
export type { Series } from './series.ts';
export { seriesFor, verdictOf } from './verdict.ts';
export { atLeast, compareVersions, seriesOf } from './version.ts';
