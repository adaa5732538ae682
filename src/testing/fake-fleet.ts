import type { Host, Value } from '../model/host.ts';
import type { ConnectionFault, Transport } from '../model/ports.ts';
import { type FakeLink, type Faults, fakeLink, faultOf } from './fake-link.ts';
import { fakeMachine } from './fake-machine.ts';

/** A host of a fake fleet, and what can go wrong with it. */
export interface FakeHost {
  /** As an inventory would say it. */
  readonly host: Host;
  /** Runs a shell script there behind the run's back; it must end well. Gives what it printed. */
  readonly sh: (script: string) => Promise<string>;
  /** Makes the next logins end so, one each. */
  readonly refuse: (...faults: readonly ConnectionFault[]) => void;
  /** Nothing goes wrong any more. */
  readonly accept: () => void;
  /** Breaks the link as soon as the host has said this, such as the head of a frame: `start 2 `; the logins after that end so. */
  readonly cutAt: (said: string, ...then: readonly ConnectionFault[]) => void;
  /** Breaks the link after so many bytes of a program's output. */
  readonly cutAfter: (bytes: number, ...then: readonly ConnectionFault[]) => void;
  /** Breaks the link while a program that holds this is sent: it never runs. */
  readonly cutSending: (part: string) => void;
  /** Breaks all links to it now. */
  readonly cut: () => void;
  /** Logins that succeeded. */
  readonly logins: () => number;
  /** Kills everything there and boots it; the files stay but those of /run and /tmp. */
  readonly reboot: () => Promise<void>;
}

export interface FakeHostInput {
  readonly groups?: readonly string[];
  readonly vars?: Readonly<Record<string, Value>>;
}

/** Hosts with real shells, for whole runs: nothing is connected to, and this machine is not touched. */
export interface FakeFleet {
  readonly transport: Transport;
  /** In the order given. */
  readonly hosts: readonly Host[];
  readonly on: (name: string) => FakeHost;
  readonly close: () => Promise<void>;
}

const made = async (name: string, { groups = [], vars = {} }: FakeHostInput) => {
  const machine = await fakeMachine();
  const faults: Faults = { logins: [], cut: null, cutSending: null };
  const links: FakeLink[] = [];
  const host: Host = { name, address: `${name}.invalid`, port: 22, user: 'root', groups, vars };
  const fake: FakeHost = {
    host,
    sh: machine.sh,
    refuse: (...next) => {
      faults.logins = [...faults.logins, ...next];
    },
    accept: () => {
      faults.logins = [];
      faults.cut = null;
      faults.cutSending = null;
    },
    cutAt: (said, ...then) => {
      faults.cut = { at: said, then };
    },
    cutAfter: (bytes, ...then) => {
      faults.cut = { after: bytes, then };
    },
    cutSending: (part) => {
      faults.cutSending = part;
    },
    cut: () => {
      for (const link of links) link.lose();
    },
    logins: () => links.length,
    reboot: () => {
      for (const link of links) link.lose();
      return machine.reboot();
    },
  };
  const connect: Transport['connect'] = async (_, signal) => {
    await machine.up();
    signal?.throwIfAborted();
    const [fault, ...rest] = faults.logins;
    faults.logins = rest;
    if (fault !== undefined) throw faultOf(fault, host);
    const link = fakeLink(host, machine, faults);
    links.push(link);
    return link;
  };
  return { name, fake, connect, close: machine.close };
};

/**
 * A fleet of fake hosts by name. It takes Linux, and root or user namespaces.
 * Close it when the test is over, also when it failed.
 */
export const fakeFleet = async (hosts: Readonly<Record<string, FakeHostInput>>): Promise<FakeFleet> => {
  const all = await Promise.all(Object.entries(hosts).map(([name, input]) => made(name, input)));
  const byName = new Map(all.map((one) => [one.name, one]));
  const find = (name: string) => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`there is no fake host ${name}`);
    return found;
  };
  return {
    transport: { connect: (host, signal) => find(host.name).connect(host, signal) },
    hosts: all.map(({ fake }) => fake.host),
    on: (name) => find(name).fake,
    close: async () => {
      await Promise.all(all.map(({ close }) => close()));
    },
  };
};
