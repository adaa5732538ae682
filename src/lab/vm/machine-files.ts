/** A file of an image; `mask` is a unit that must not start. */
export interface ImageFile {
  readonly path: string;
  readonly text: string;
  /** Permissions; 0644 when absent. */
  readonly mode?: number;
}

const etc = (path: string, text: string): ImageFile => ({ path: `etc/${path}`, text });

/** The address that qemu's user network lets the outside reach (qemu-doc, "Network emulation"). */
export const OWN_ADDRESS = '10.0.2.15/24';

/**
 * What a lab's root lacks to be a machine's: a disk, a network card with a fixed address (DHCP would cost seconds), and
 * addresses of its own for virtual links: udev derives them from the machine id, which clones of a snapshot share.
 */
export const MACHINE_FILES: readonly ImageFile[] = [
  etc('fstab', '/dev/vda / ext4 noatime 0 0\n'),
  etc('hostname', 'vm\n'),
  etc('hosts', '127.0.0.1 localhost\n127.0.1.1 vm\n'),
  etc('resolv.conf', ''),
  etc('machine-id', '0123456789abcdef0123456789abcdef\n'),
  etc(
    'systemd/network/10-eth0.network',
    `[Match]\nName=eth0\n[Network]\nAddress=${OWN_ADDRESS}\nLinkLocalAddressing=no\n`,
  ),
  etc('systemd/network/99-default.link', '[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=none\n'),
  etc('ssh/sshd_config.d/lab.conf', 'UseDNS no\nGSSAPIAuthentication no\nUsePAM no\n'),
];

/** Units that wait for what a machine of ours never gets, or wake up in the middle of a measurement. */
export const MASKED_UNITS: readonly string[] = [
  'fstrim.timer',
  'systemd-tmpfiles-clean.timer',
  'systemd-networkd-wait-online.service',
  'systemd-pstore.service',
  'systemd-hwdb-update.service',
  'systemd-binfmt.service',
  'systemd-timesyncd.service',
];
