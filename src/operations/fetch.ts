import { type Verify, verify } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';

export interface FetchOptions extends Named {
  /** Its name below the host's directory; the path of the host unless said. */
  readonly as?: string;
}

/**
 * Copies a file of the host into the run's own directory, `fetched/HOST/PATH`, each time. A file that is not there is an
 * error. The host is not changed, so it is not counted as such.
 */
export const fetch = (path: string, { as, title = `fetched ${path}` }: FetchOptions = {}): Verify =>
  verify(title, {
    read: using(['op-files'], sh`op_kind "$(readlink -f ${absolute(path, title)})"`),
    want: 'file',
    fetches: [{ remote: path, as: absolute(`/${as ?? path.slice(1)}`, title).slice(1) }],
  });
