import type { Preflight } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/**
 * Why a host cannot be given this build without dropping its traffic. Said at plan time; nothing when
 * `allowDisruption`. That the build is not staged yet is no reason: staging it is a step of its own.
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
          refuses: withOvs(
            sh`ovs_refusals ${build.prefix} | sed '/ is not staged: /d; s/$/ | mend that first, or accept an outage of this host with --allow-disruption/'`,
          ),
        },
      ];
