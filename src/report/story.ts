import { foldHosts } from '../model/fold-hosts.ts';
import type { HostReport } from './report.ts';

/** Hosts that met the same, but for times: one story told once. */
export interface Story {
  /** Folded names, e.g. `hv[01-18]`. */
  readonly names: string;
  readonly hosts: readonly HostReport[];
  readonly first: HostReport;
}

/** Folds hosts whose stories are equal. Times, gaps and the host's own name do not count. */
export const storiesOf = (hosts: readonly HostReport[]): readonly Story[] => {
  const alike = new Map<string, HostReport[]>();
  for (const host of hosts) {
    const key = keyOf(host);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [host]);
    else known.push(host);
  }
  return [...alike.values()].flatMap((its) => {
    const [first] = its;
    return first === undefined ? [] : [{ names: foldHosts(its.map(({ host }) => host)), hosts: its, first }];
  });
};

const keyOf = (report: HostReport): string =>
  JSON.stringify({
    outcome: report.outcome,
    warnings: report.warnings.map(({ code }) => code),
    links: report.links.length,
    plays: report.plays.map(({ play, outcome, problem, planned, refusals, steps, files, transactions, traffic }) => ({
      ...{ play, outcome, planned },
      problems: [problem, ...refusals].map((met) => met?.message.replaceAll(report.host, '‹host›')),
      steps: steps.map(({ ms, output, ...step }) => step),
      files: files.map(({ file, sha256, sent }) => [file, sha256, sent]),
      transactions: transactions.map(({ title, found, state, reason, marks, log }) => [
        ...[title, found, state, reason, log],
        marks.map(({ name }) => name),
      ]),
      traffic: traffic.map(({ longestGapMs, maxGapMs }) => longestGapMs > maxGapMs),
    })),
  });
