import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import { hostMarkdown, reportMarkdown } from './markdown.ts';
import type { Report } from './report.ts';

/**
 * Writes `report.html`, `report.md`, `report.json` and one `hosts/NAME.md` a host, readable by their owner alone.
 * @returns the paths of the first three
 * @throws FleetError `report.unwritable`
 */
export const writeReports = async (directory: string, report: Report): Promise<readonly string[]> => {
  const put = async (name: string, text: string): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  try {
    await mkdir(join(directory, 'hosts'), { recursive: true, mode: 0o700 });
    for (const host of report.hosts) {
      await put(join('hosts', `${fileName(host.host)}.md`), hostMarkdown(report, host));
    }
    return [
      await put('report.html', reportHtml(report)),
      await put('report.md', reportMarkdown(report)),
      await put('report.json', reportJson(report)),
    ];
  } catch (error) {
    if (error instanceof FleetError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FleetError(
      {
        code: 'report.unwritable',
        message: `the reports of ${report.run} cannot be written: ${reason}`,
        remedy: `make room, then: ovsfleet report ${report.run}`,
        facts: { directory },
      },
      error,
    );
  }
};

/** The name of a host, unless it would lead elsewhere: what may not be in a file name is percent-encoded. */
const fileName = (host: string): string =>
  encodeURIComponent(host).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
