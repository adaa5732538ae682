import { type Step, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { type Attributes, absolute, attributeWords, type Named, readFile, wantAttributes } from './attributes.ts';
import { sha256Of, withTransfer } from './transfer.ts';

export interface DownloadOptions extends Attributes, Named {
  /** As curl or wget of the host take it. */
  readonly url: string;
  /** Lower-case hex. Something else is fetched and not taken. */
  readonly sha256: string;
}

/** A file of the host is what a URL gave when its digest was written down; the host fetches it itself. */
export const download = (
  path: string,
  { url, sha256, title = `file ${path}`, ...attributes }: DownloadOptions,
): Step => {
  const want = { is: 'file', content: sha256Of(sha256, title), ...wantAttributes(attributes) };
  return step(title, {
    read: readFile(absolute(path, title), want),
    want,
    make: withTransfer(sh`op_keep ${path} && op_download ${url} ${sha256} ${path} ${attributeWords(attributes)}`),
    undo: withTransfer(sh`op_put_back ${path}`),
    note: `from ${url}`,
  });
};
