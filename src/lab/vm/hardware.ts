import type { Image } from './image.ts';

/** How a machine's second card, eth1, is wired: to nothing, or straight to another machine's. */
export type Cable =
  | { readonly kind: 'none' }
  | { readonly kind: 'listens'; readonly socket: string }
  | { readonly kind: 'calls'; readonly socket: string };

export interface Wiring {
  readonly image: Image;
  /** The qcow2 disk laid over the image's. */
  readonly disk: string;
  /** Port on 127.0.0.1 that reaches its sshd. */
  readonly port: number;
  readonly console: string;
  readonly monitor: string;
  readonly cable: Cable;
  /** Words for the kernel's command line beside ours. */
  readonly kernelWords: readonly string[];
  /** The qcow2 store of UEFI's variables; `null`: the firmware is a BIOS. */
  readonly variables: string | null;
  /** Snapshot in the disk to go on from; `null`: power on. */
  readonly snapshot: string | null;
}

const cableNet = (cable: Cable): string => {
  switch (cable.kind) {
    case 'none':
      return 'hubport,id=n1,hubid=1';
    case 'listens':
      return `stream,id=n1,server=on,addr.type=unix,addr.path=${cable.socket}`;
    case 'calls':
      return `stream,id=n1,server=off,addr.type=unix,addr.path=${cable.socket}`;
  }
};

/** Debian's package ovmf: it has Secure Boot, which works once keys are enrolled, and needs no system management mode. */
const UEFI = '/usr/share/OVMF/OVMF_CODE_4M.fd';

/** What `variables` begins as: a firmware that has no keys yet and lets anybody enrol some. */
export const BLANK_VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd';

const firmware = (variables: string | null): readonly string[] =>
  variables === null
    ? []
    : [
        ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${UEFI}`],
        ...['-drive', `if=pflash,unit=1,format=qcow2,file=${variables}`],
      ];

// quiet keeps the console cheap; the rest spares an emulated processor work that only real ones need.
const KERNEL_WORDS = 'root=/dev/vda rw console=ttyS0 quiet loglevel=3 mitigations=off tsc=reliable net.ifnames=0';

/**
 * qemu's command line. Always the emulator, with a fixed processor: /dev/kvm exists on machines where it does not work, and
 * a snapshot goes on only on the same hardware.
 */
export const qemuCommand = (wiring: Wiring): readonly string[] => [
  'qemu-system-x86_64',
  ...['-M', 'q35', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'Nehalem', '-smp', '2', '-m', '1024'],
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none'],
  ...['-serial', `file:${wiring.console}`, '-qmp', `unix:${wiring.monitor},server=on,wait=off`],
  ...firmware(wiring.variables),
  ...['-kernel', wiring.image.kernel, '-initrd', wiring.image.initrd],
  ...['-append', [KERNEL_WORDS, ...wiring.kernelWords].join(' ')],
  ...['-drive', `id=d0,if=none,file=${wiring.disk},format=qcow2,cache=unsafe`, '-device', 'virtio-blk-pci,drive=d0'],
  ...['-device', 'virtio-rng-pci'],
  // restrict: nothing gets out of the machine, and only sshd's port gets in.
  ...['-netdev', `user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:${wiring.port}-:22`],
  ...['-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01,romfile='],
  ...['-netdev', cableNet(wiring.cable), '-device', `virtio-net-pci,id=c1,netdev=n1,mac=52:54:00:00:01:01,romfile=`],
  ...(wiring.snapshot === null ? [] : ['-loadvm', wiring.snapshot]),
];
