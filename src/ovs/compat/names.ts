import { FleetError } from '../../model/error.ts';
import { allSeries, newestReleased } from './series.ts';
import { atLeast, compareVersions, seriesOf } from './version.ts';

const refuse = (message: string, remedy: string): never => {
  throw new FleetError({ code: 'ovs.no-such-release', message, remedy });
};

/**
 * Says that a release exists by the names it is asked for, as far as can be known here: one that is later than the last
 * known release of its series may be out meanwhile. Series 1.8 and 2.2 were never released, 1.7.2 has no tarball
 * (openvswitch.org/releases). Throws `ovs.no-such-release` with the release to take instead.
 */
export const refuseUnreleased = (version: string): void => {
  const series = seriesOf(version);
  if (version === '1.7.2') refuse('There is no tarball of Open vSwitch 1.7.2.', 'Take 1.7.3: -e version=1.7.3');
  if (['1.8', '2.2'].includes(series))
    refuse(
      `Open vSwitch ${series} was never released.`,
      series === '1.8' ? 'Take its successor: -e version=1.9.3' : 'Take its successor: -e version=2.3.3',
    );
  const [first] = allSeries;
  const newest = allSeries.at(-1);
  if (first === undefined || newest === undefined) return;
  if (compareVersions(series, first.series) < 0)
    refuse(
      `Open vSwitch ${version} is older than ${first.series}, the oldest that can be built here.`,
      `Take a release that is maintained: -e version=${newestReleased}`,
    );
  const known = allSeries.some((row) => row.series === series);
  if (!known && !atLeast(series, newest.series))
    refuse(`There is no series ${series} of Open vSwitch.`, `The next is ${next(series)}.`);
};

const next = (series: string): string =>
  allSeries.find((row) => compareVersions(row.series, series) > 0)?.series ?? allSeries.at(-1)?.series ?? '';

/** Tags that are not what their release's name suggests (`git tag` of openvswitch/ovs). */
const shortTags: ReadonlyMap<string, string> = new Map([
  ['v2.0.0', 'v2.0'],
  ['v2.3.0', 'v2.3'],
]);

/** The git tag of a release. */
export const tagOf = (version: string): string => shortTags.get(`v${version}`) ?? `v${version}`;

/** Throws `ovs.no-such-release` for tags that look right and are not there, with the right one. */
export const refuseWrongTag = (ref: string): void => {
  const right = shortTags.get(ref);
  if (right !== undefined)
    refuse(`There is no tag ${ref}: that release's is ${right}.`, `Write #${right} in its place.`);
  if (/^v\d+\.\d+(\.\d+)?$/.test(ref) && ![...shortTags.values()].includes(ref)) refuseUnreleased(ref.slice(1));
};
