import { type LocalFile, localDigest, type Step, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import {
  type Attributes,
  absolute,
  attributeWords,
  type Named,
  readFile,
  wantAttributes,
  withFiles,
} from './attributes.ts';

/** Where files wait that were sent to a host and that a step then puts where they belong. */
export const carried = (sha256: string): string => `/var/cache/ovsfleet/files/${sha256}`;

export interface CopyOptions extends Attributes, Named {
  /** A file of the controller. */
  readonly from: LocalFile;
}

/** A file of the host is one of the controller, byte for byte, with these attributes; what the host has is not sent. */
export const copy = (path: string, { from, title = `file ${path}`, ...attributes }: CopyOptions): Step => {
  const local = localDigest(from);
  const remote = carried(local.sha256);
  const want = { is: 'file', content: local.sha256, ...wantAttributes(attributes) };
  return step(title, {
    sends: [{ from: { file: local.path }, remote, mode: '0600', sha256: local.sha256 }],
    read: readFile(absolute(path, title), want),
    want,
    make: withFiles(sh`op_write ${path} ${attributeWords(attributes)} <${remote} && rm -f ${remote}`),
    writes: [{ remote: path, mode: attributes.mode ?? '0644', content: { file: local.path } }],
  });
};
