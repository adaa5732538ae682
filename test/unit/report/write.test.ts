import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldReport, writeReports } from '../../../src/report/index.ts';
import { smooth } from '../../golden/streams/index.ts';
import { stamp } from '../../golden/streams/stamp.ts';
import { started } from '../../golden/streams/upgrade.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-report-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('writing reports', () => {
  it('leaves one for people, one for programs, and one for each host', async () => {
    const paths = await writeReports(directory, foldReport(smooth));
    expect(paths.map((path) => relative(directory, path))).toEqual(['report.html', 'report.md', 'report.json']);
    expect(await readdir(join(directory, 'hosts'))).toEqual([1, 2, 3, 4, 5, 6].map((n) => `hv0${n}.md`));
    expect(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))).toEqual(foldReport(smooth));
    expect((await stat(join(directory, 'report.html'))).mode & 0o777).toBe(0o600);
  });

  it('writes again over what is there', async () => {
    await writeReports(directory, foldReport(smooth));
    await writeReports(directory, foldReport(smooth.slice(0, 20)));
    expect(await readFile(join(directory, 'report.md'), 'utf8')).toContain('cut off before its end');
  });

  it('never leaves its directory, whatever a host is called', async () => {
    await writeReports(directory, foldReport(stamp('r', [[0, started(['..', '../../up', 'fe80::1%eth0'])]])));
    expect(await readdir(join(directory, 'hosts'))).toEqual([
      '%2E%2E%2F..%2Fup.md',
      '%2E%2E.md',
      'fe80%3A%3A1%25eth0.md',
    ]);
  });

  it('says what to type when there is no place for them', async () => {
    await writeFile(join(directory, 'hosts'), '');
    await expect(writeReports(directory, foldReport(smooth))).rejects.toMatchObject({
      code: 'report.unwritable',
      remedy: 'make room, then: ovsfleet report 20260113-010000-smth',
    });
  });
});
