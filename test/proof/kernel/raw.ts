import { type Machine, MODULE_VERSION } from '../../../src/lab/index.ts';
import { inMemory } from './look.ts';

/** Installs compiled modules as a person would who knows of depmod's order, and nothing of them is in memory yet. */
export const installByHand = async (machine: Machine, source: string): Promise<void> => {
  await machine.say(`set -e
extra=/lib/modules/$(uname -r)/extra
mkdir -p "$extra" /etc/depmod.d
cp ${source}/*.ko "$extra/"
for name in openvswitch vport-geneve vport-gre vport-vxlan; do echo "override $name * extra"; done > /etc/depmod.d/openvswitch.conf
depmod -a
case $(modinfo -n openvswitch) in */extra/*) ;; *) exit 1 ;; esac`);
};

/** What the command of Open vSwitch's own did. */
export interface Reloaded {
  /** Its status; 124: it did not end and was killed. */
  readonly status: number;
  /** In words, what is the matter afterwards; '' when nothing is. */
  readonly trouble: string;
}

/** `ovs-ctl force-reload-kmod`, which may hang: it gets a minute and a half, five times what it takes where it ends. */
export const forceReload = async (machine: Machine): Promise<Reloaded> => {
  // What it starts would hold this session's output for ever.
  const status = await machine.say(
    'timeout 90 /usr/share/openvswitch/scripts/ovs-ctl force-reload-kmod >/run/reload.log 2>&1 </dev/null; echo $?',
  );
  const trouble = [
    (await machine.say('pidof ovs-vswitchd || true')) === '' ? 'no ovs-vswitchd runs' : '',
    (await inMemory(machine)) === MODULE_VERSION ? '' : 'another module is in memory',
    (await machine.say('timeout 20 ovs-vsctl get Open_vSwitch . other_config 2>&1 || true')).includes('restore-wait')
      ? 'flow-restore-wait stayed set'
      : '',
    /meter=1/.test(await machine.say('timeout 20 ovs-ofctl -O OpenFlow15 dump-meters br-int 2>&1 || true'))
      ? ''
      : 'the meter is gone',
    /cookie=0xabc/.test(await machine.say('timeout 20 ovs-ofctl -O OpenFlow15 dump-flows br-int 2>&1 || true'))
      ? ''
      : 'flows are gone',
  ];
  return { status: Number(status), trouble: trouble.filter((one) => one !== '').join(', ') };
};
