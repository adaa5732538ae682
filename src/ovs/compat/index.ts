export type { Finding, ModuleChoice, Pair, Verdict } from './finding.ts';
export { refuseUnreleased, refuseWrongTag, tagOf } from './names.ts';
export type { Series } from './series.ts';
export { seriesFor, verdictOf } from './verdict.ts';
export { atLeast, compareVersions, seriesOf } from './version.ts';
