import { inPhases, type Node, type Unchanged, unchanged } from '../playbook/index.ts';
import { type Script, sh } from '../shell/index.ts';
import { withOvs } from './libraries.ts';

/**
 * Exchanges the daemons for those of a release while flows, groups, meters and TLV maps are kept. Our own sequence, proven
 * at each step, since `ovs-ctl restart` ends with status 0 also when every flow is lost.
 * @param prefix a word of shell: the directory of a build, or `found`
 */
export const exchanged = (prefix: Script): ReturnType<typeof inPhases> =>
  inPhases(
    { title: 'switch the release', run: withOvs(sh`ovs_switch_release ${prefix}`) },
    { title: 'convert the database', run: withOvs(sh`ovs_convert_database ${prefix}`) },
    { title: 'restart ovs-vswitchd', run: withOvs(sh`ovs_restart_switch ${prefix}`) },
    { title: 'restore the flows', run: withOvs(sh`ovs_restore_flows`) },
    {
      title: 'verify the switch',
      run: withOvs(sh`ovs_verify ${prefix} && ovs_connected_again 30 && ovs_log_clean`),
    },
  );

/** The way back from any of these phases. */
export const exchangeUndone: Script = withOvs(sh`
  if [ -n "$tx_rebooted" ]; then
    ovs_settle_boot && ovs_verify_undone loose
  else
    ovs_undo && ovs_verify_undone strict
  fi
`);

/**
 * Flows, groups, meters, ports, ids and database rows read after the body as they did before it.
 * @param capture saves what an exchange needs to restore them
 */
export const forwardingKept = (capture: Script, ...nodes: readonly Node[]): Unchanged =>
  unchanged(
    'flows, groups, meters, ofports, system-id',
    {
      read: withOvs(sh`ovs_forwarding`),
      readAfterReboot: withOvs(sh`ovs_forwarding_after_reboot`),
      save: capture,
      end: withOvs(sh`ovs_finish`),
    },
    ...nodes,
  );
