import type { Report } from './report.ts';

/** The report for programs; `format` is its version. */
export const reportJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;
