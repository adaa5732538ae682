import type { Note, Preflight } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

export const withPreflight = (script: Script): Script => using(['ovs-preflight'], withOvs(script));

/** Where SSH itself comes in over the switch: such a host is cut off for as long as its guests are. */
export const wayIn: Note = {
  title: 'the way in',
  notes: withPreflight(sh`
    ovs_ssh_bridge |
      sed 's/.*/SSH itself goes over bridge &, which is restarted: the link will be lost and taken up again/'
  `),
  remedy: 'nothing: the host does it alone, and undoes it unless we come back',
  of: 'pending',
};

/**
 * Why a host cannot be given this build without dropping its traffic; said at plan time. No reason counts when
 * `allowDisruption`, and the module in memory is none where the kernel's own is put in its place.
 */
export const hotUpgradeRefused = (
  build: Build,
  options: { readonly allowDisruption: boolean; readonly module: 'kept' | 'exchanged' },
): readonly Preflight[] => [
  ...(options.allowDisruption
    ? []
    : [
        {
          title: 'hot upgrade',
          refuses: withPreflight(
            sh`ovs_hot_objections ${build.prefix} ${build.version} ${options.module === 'exchanged' ? 'module-exchanged' : ''}`,
          ),
          remedy: 'mend that first, or accept an outage of this host with --allow-disruption',
        },
      ]),
  wayIn,
];
