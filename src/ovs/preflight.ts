import type { Preflight } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/** Why a host cannot be given this build without dropping its traffic. Said at plan time; nothing when `allowDisruption`. */
export const hotUpgradeRefused = (
  build: Build,
  options: { readonly allowDisruption: boolean },
): readonly Preflight[] =>
  options.allowDisruption
    ? []
    : [
        {
          title: 'hot upgrade',
          refuses: withOvs(
            sh`ovs_refusals ${build.prefix} | sed 's/$/ | mend that first, or accept an outage of this host with --allow-disruption/'`,
          ),
        },
      ];
