import type { Finding, Pair, Verdict } from './finding.ts';
import { inTree, ownModule } from './modules.ts';
import { allSeries, newestReleased, type Series } from './series.ts';
import { toolFindings } from './tools.ts';
import { atLeast, seriesOf } from './version.ts';

/** The row of a release; one later than all that is known is taken for the newest. */
export const seriesFor = (version: string): Series | null =>
  allSeries.find((row) => row.series === seriesOf(version)) ??
  (atLeast(version, allSeries.at(-1)?.series ?? '0') ? (allSeries.at(-1) ?? null) : null);

const worst = (findings: readonly Finding[]): Finding['is'] =>
  findings.some(({ is }) => is === 'refused')
    ? 'refused'
    : findings.some(({ is }) => is === 'unproven')
      ? 'unproven'
      : 'proven';

/** What is known of a release on a host, and of its module: all findings, and the worst of them. */
export const verdictOf = (pair: Pair): Verdict => {
  const row = seriesFor(pair.version);
  if (row === null)
    return {
      is: 'refused',
      module: 'in-tree',
      findings: [
        {
          is: 'refused',
          because: `there is no series ${seriesOf(pair.version)} of Open vSwitch`,
          instead: `release ${newestReleased}`,
          source: 'openvswitch.org/releases',
        },
      ],
    };
  const ours = pair.module === 'in-tree' ? null : ownModule(pair, row);
  const doubted = ours?.is === 'refused' || (ours?.is === 'unproven' && ours.instead !== null);
  const module = ours === null || (pair.module === 'ours-else-in-tree' && doubted) ? 'in-tree' : 'ours';
  const findings = [module === 'ours' && ours !== null ? ours : inTree(pair), ...toolFindings(pair, row)];
  return { is: worst(findings), module, findings };
};
