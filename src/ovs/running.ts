import { inPhases, type Node, type Step, step, type Unchanged, unchanged } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/**
 * The daemons run this build: released, database converted, restarted under their owner, flows restored. Our own
 * sequence, proven at each step, since `ovs-ctl restart` ends with status 0 also when every flow is lost.
 */
export const running = (build: Build): Step =>
  step('running', {
    read: withOvs(sh`
      ovs_running | while IFS='=' read -r key value; do
        case $key in
        schema)
          wanted=$(timeout 5 ${build.prefix}/bin/ovsdb-tool schema-version ${build.prefix}/share/openvswitch/vswitch.ovsschema 2>/dev/null)
          if [ "$value" = "$wanted" ]; then value=${`schema of ${build.version}`}; else value="schema $value"; fi
          printf 'database=%s\n' "$value"
          ;;
        *) printf '%s=%s\n' "$key" "$value" ;;
        esac
      done
    `),
    want: { build: build.id, release: build.version, database: `schema of ${build.version}` },
    make: inPhases(
      { title: 'switch the release', run: withOvs(sh`ovs_switch_release ${build.prefix}`) },
      { title: 'convert the database', run: withOvs(sh`ovs_convert_database ${build.prefix}`) },
      { title: 'restart ovs-vswitchd', run: withOvs(sh`ovs_restart_switch ${build.prefix}`) },
      { title: 'restore the flows', run: withOvs(sh`ovs_restore_flows`) },
      { title: 'verify the switch', run: withOvs(sh`ovs_verify ${build.prefix}`) },
    ),
    undo: withOvs(sh`
      if [ -n "$tx_rebooted" ]; then
        ovs_settle_boot && ovs_verify_undone loose
      else
        ovs_undo && ovs_verify_undone strict
      fi
    `),
  });

/** Flows, groups, meters, ports, ids and database rows read after the body as they did before it. */
export const forwardingUnchanged = (build: Build, ...nodes: readonly Node[]): Unchanged =>
  unchanged(
    'flows, groups, meters, ofports, system-id',
    {
      read: withOvs(sh`ovs_forwarding`),
      readAfterReboot: withOvs(sh`ovs_forwarding loose`),
      save: withOvs(sh`ovs_capture ${build.prefix}`),
      end: withOvs(sh`ovs_finish`),
    },
    ...nodes,
  );
