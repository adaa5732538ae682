import type { Preflight } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/**
 * Why a host cannot be given this build without dropping its traffic; said at plan time. Nothing when `allowDisruption`.
 */
export const hotUpgradeRefused = (
  build: Build,
  options: { readonly allowDisruption: boolean },
): readonly Preflight[] =>
  options.allowDisruption
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
      ];
