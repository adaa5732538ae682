import { join } from 'node:path';
import { type Machine, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { log } from './ask.ts';
import { endsOf, wire } from './topology.ts';

/** `refuses to work`: it passes every check beforehand, and fails when it starts. */
export type Module = 'good' | 'refuses to work';

/** Who owns the daemons of a machine, and which exchanges are tried there. */
export interface Kind {
  readonly byHand: readonly Module[];
  /** `way`: what SSH comes in over. */
  readonly byUs: readonly { readonly module: Module; readonly way: 'eth0' | 'br-ex' }[];
  readonly image: 'vmpkg' | 'vmsrc';
  readonly owner: string;
  /** Starts them, where no boot does. */
  readonly start: string;
}

export const kinds: readonly Kind[] = [
  {
    byHand: ['good'],
    byUs: [
      { module: 'good', way: 'br-ex' },
      { module: 'refuses to work', way: 'br-ex' },
    ],
    image: 'vmpkg',
    owner: "Debian's package and units",
    start: ':',
  },
  {
    byHand: ['good', 'refuses to work'],
    byUs: [
      { module: 'good', way: 'eth0' },
      { module: 'refuses to work', way: 'eth0' },
    ],
    image: 'vmsrc',
    owner: 'make install, no unit',
    start: '/usr/share/openvswitch/scripts/ovs-ctl --system-id=random start </dev/null >/run/start.log 2>&1',
  },
];

/** Two machines whose guests reach each other over vxlan: the first is changed, the other one asks it. */
export interface Pair {
  readonly machine: Machine;
  readonly prober: Machine;
  remove(): Promise<void>;
}

export const WIRED = 'wired';
export const GUEST = '10.1.1.1';

/** Brings the pair up, and keeps the first one as it is then under `WIRED`. */
export const bringPairUp = async (kind: Kind): Promise<Pair> => {
  const name = ownName(kind.image);
  const socket = join('/var/lib/ovsfleet-machines', name, 'cable');
  const machine = await startMachine({
    name,
    image: kind.image,
    number: 4,
    cable: { kind: 'listens', socket },
    keep: false,
    log,
  });
  const prober = await startMachine({
    name: `${name}-peer`,
    image: 'vmpkg',
    number: 5,
    cable: { kind: 'calls', socket },
    keep: false,
    log,
  });
  const [ends, others] = endsOf(machine, prober);
  await machine.say(kind.start);
  await wire(machine, ends);
  await wire(prober, others);
  await machine.save(WIRED);
  return {
    machine,
    prober,
    remove: async () => {
      await prober.remove();
      await machine.remove();
    },
  };
};
