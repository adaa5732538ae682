import { readFileSync } from 'node:fs';
import { render } from '../template/index.ts';
import { htmlData } from './html-data.ts';
import type { Report } from './report.ts';

/** A file under templates/report, beside the sources and beside the compiled program alike. */
const template = (name: string): string =>
  readFileSync(new URL(`../../templates/report/${name}`, import.meta.url), 'utf8');

/**
 * The report as one HTML file that needs nothing else: no script, no font, no network. Everything that came from a host
 * or a user is escaped by the template engine.
 */
export const reportHtml = (report: Report): string =>
  render(
    template('report.html.hbs'),
    { ...htmlData(report), style: template('report.css') },
    { name: 'templates/report/report.html.hbs', escape: 'html' },
  );
