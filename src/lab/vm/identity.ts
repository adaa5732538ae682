/** Who a machine is: clones of one snapshot know of nothing that tells them apart. */
export interface Identity {
  readonly name: string;
  /** 32 hex digits (machine-id(5)). */
  readonly machineId: string;
  /** The last number of its address on the cable, 192.168.32.N, and of eth1's MAC. */
  readonly number: number;
}

/** The address of eth1. */
export const cableAddress = (number: number): string => `192.168.32.${number}`;

const hex = (number: number): string => number.toString(16).padStart(2, '0');

/**
 * A shell program that gives a machine its name, its ids and the clock's time; safe to run again.
 * @param now seconds since 1970: a snapshot's clock stands where it was taken
 */
export const identityScript = ({ name, machineId, number }: Identity, now: number): string =>
  `set -e
date -s @${now} >/dev/null
hostname ${name}
echo ${name} > /etc/hostname
printf '127.0.0.1 localhost\\n127.0.1.1 ${name}\\n' > /etc/hosts
echo ${machineId} > /etc/machine-id
cat > /etc/systemd/network/10-eth1.network <<'END'
[Match]
Name=eth1
[Link]
MACAddress=52:54:00:00:01:${hex(number)}
[Network]
Address=${cableAddress(number)}/24
LinkLocalAddressing=no
END
ip link set eth1 down
networkctl reload
networkctl reconfigure eth1
`;
