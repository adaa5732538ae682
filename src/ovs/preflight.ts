import type { Preflight } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/**
 * Why a host cannot be given this build without dropping its traffic; said at plan time. No reason counts when
 * `allowDisruption`. Whether our own way to the host goes over the switch is noted in any case: such a host is cut off for
 * as long as its guests are, and must confirm over a new connection, as every host must.
 */
export const hotUpgradeRefused = (
  build: Build,
  options: { readonly allowDisruption: boolean },
): readonly Preflight[] => [
  ...(options.allowDisruption
    ? []
    : [
        {
          title: 'hot upgrade',
          refuses: using(
            ['ovs-preflight'],
            withOvs(sh`
              ovs_hot_objections ${build.prefix} ${build.version} |
                sed 's/$/ | mend that first, or accept an outage of this host with --allow-disruption/'
            `),
          ),
        },
      ]),
  {
    title: 'the way in',
    refuses: using(
      ['ovs-preflight'],
      withOvs(sh`
        ovs_ssh_bridge | sed 's/.*/note: SSH itself goes over bridge &, which is restarted: the link will be lost and taken up again | nothing: the host does it alone, and undoes it unless we come back/'
      `),
    ),
  },
];
