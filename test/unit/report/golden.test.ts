import { describe, expect, it } from 'vitest';
import { foldReport, hostMarkdown, reportJson, reportMarkdown } from '../../../src/report/index.ts';
import { expectGolden } from '../../golden/golden.ts';
import { streams, undoes } from '../../golden/streams/index.ts';

describe.each(Object.entries(streams))('the report of %s', (name, events) => {
  it('as Markdown', () => expectGolden(`${name}.report.md`, reportMarkdown(foldReport(events))));
});

it('is written as JSON with the version of its form', () =>
  expectGolden('undoes.report.json.txt', reportJson(foldReport(undoes))));

it('leaves a file for a host that undid itself', () => {
  const report = foldReport(undoes);
  const host = report.hosts.find((one) => one.host === 'hv03');
  if (host === undefined) throw new Error('hv03 is not in the report');
  expectGolden('undoes.hv03.md', hostMarkdown(report, host));
  expect(host.outcome).toBe('undone');
});
