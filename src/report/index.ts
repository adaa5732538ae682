export { foldReport } from './fold.ts';
export { reportHtml } from './html.ts';
export { reportJson } from './json.ts';
export { hostMarkdown, reportMarkdown } from './markdown.ts';
export type { HostReport } from './report.ts';
export { writeReports } from './write.ts';
