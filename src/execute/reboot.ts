import type { Bus } from '../events/index.ts';
import type { Change } from '../model/change.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import { changesBetween } from '../plan/index.ts';
import type { Step } from '../playbook/index.ts';
import { type Script, sh } from '../shell/index.ts';
import { type ApplyResult, apply } from './apply.ts';
import { endStop, type Stop, stopped } from './ends.ts';
import { patience } from './patience.ts';
import { probe } from './probe.ts';
import { mayPass } from './reconnect.ts';
import type { Services } from './services.ts';

/** What a reboot needs to know of the host that is worked on. */
export interface Rebooted {
  readonly play: number;
  readonly host: Host;
  readonly services: Services;
  readonly signal: AbortSignal | undefined;
}

const bootKey = 'boot id';
const stateKey = 'state';
/** Linux makes a new one at every boot (random(4)). */
const bootId: Script = sh`cat /proc/sys/kernel/random/boot_id`;
const lookEveryMs = 1000;

interface Seen {
  readonly boot: string;
  /** What the step reads; `null` when it cannot be read yet. */
  readonly state: string | null;
}

/** Reads the boot and the step in one round trip; `null` while the host lets nobody in or cannot answer yet. */
const look = async (node: Step, { host, services, signal }: Rebooted): Promise<Seen | null> => {
  const reads = new Map([
    [bootKey, bootId],
    [stateKey, node.read],
  ]);
  try {
    const { readings } = await probe(await services.connections.get(host, signal), reads, services, signal);
    const [boot, state] = [readings.get(bootKey), readings.get(stateKey)];
    if (boot?.is !== 'value') return null;
    return { boot: boot.text, state: state?.is === 'value' ? state.text : null };
  } catch (error) {
    if (signal?.aborted || (error instanceof ConnectionError && !mayPass(error))) throw error;
    // A host that is just coming up may let one in and have no shell or no /tmp yet.
    if (error instanceof FleetError) return null;
    throw error;
  }
};

/** Looks until the host has booted anew and reads as wanted; gives what was seen last, `null` when it has not booted. */
const comeBack = async (node: Step, before: Seen, at: Rebooted): Promise<Seen | null> => {
  const { bus, clock, connections } = at.services;
  const host = at.host.name;
  const waiting = patience(node.rebootMs ?? 0, clock);
  let gone: number | null = null;
  let last: Seen | null = null;
  while (!waiting.over()) {
    const seen = await look(node, at);
    if (seen === null) {
      connections.drop(at.host);
      if (gone === null && last === null) {
        gone = clock.now();
        bus.emit({ type: 'link.lost', host, reason: `${host}: it reboots.` });
      }
    } else {
      if (gone !== null) bus.emit({ type: 'link.back', host, afterMs: clock.now() - gone });
      gone = null;
      if (seen.boot !== before.boot) {
        last = seen;
        if (seen.state === node.want) return seen;
      }
    }
    await clock.sleep(lookEveryMs, at.signal);
  }
  return last;
};

/** Passes on what a batch tells of a step, but for how it ended: that is known only after the boot. */
const withheld = (bus: Bus): { readonly bus: Bus; readonly told: () => 'nothing' | 'started' | 'ended' } => {
  let told: 'nothing' | 'started' | 'ended' = 'nothing';
  const emit: Bus['emit'] = (event) => {
    if (event.type === 'step.started') told = 'started';
    if (event.type === 'step.finished') {
      if (event.outcome === 'unproven' || event.outcome === 'changed') return;
      told = 'ended';
    }
    bus.emit(event);
  };
  return { bus: { ...bus, emit }, told: () => told };
};

/** Has the host reboot; `null` when the link went while it was told to. */
const trigger = async (node: Step, at: Rebooted): Promise<ApplyResult | null> => {
  const { services, host, play, signal } = at;
  const { bus, told } = withheld(services.bus);
  try {
    return await apply(await services.connections.get(host, signal), play, [node], { ...services, bus }, signal);
  } catch (error) {
    if (error instanceof ConnectionError && mayPass(error) && told() === 'started') return null;
    throw error;
  }
};

const oneLine = (text: string): string => text.trim().split('\n').slice(-2).join(' / ');

/**
 * Makes a step true that reboots its host: the batch ends with the host, so the link is expected to go, and the step is
 * done when the host has another boot id and reads as wanted. Rejects with `ConnectionError` when the link goes before
 * the host was told to reboot.
 */
export const rebootHost = async (node: Step, at: Rebooted): Promise<{ readonly changed: boolean } | Stop> => {
  const { bus, clock } = at.services;
  const host = at.host.name;
  const about = { play: at.play, host, step: node.title } as const;
  const began = clock.now();
  const before = await look(node, at);
  if (before === null) {
    return stopped('failed', {
      code: 'reboot.no-boot-id',
      message: `${host}: ${node.title}: the host does not say which boot this is, so a new one could not be told from it.`,
      remedy: `See why: ovsfleet exec ${host} -- cat /proc/sys/kernel/random/boot_id`,
      facts: about,
    });
  }
  const result = await trigger(node, at);
  const end = result === null ? null : endStop(host, result.end);
  if (end !== null) return end;
  if (result?.failed?.outcome === 'failed') {
    return stopped('failed', {
      code: 'step.failed',
      message: `${host}: ${node.title}: ${result.failed.message}.`,
      remedy: `See all that it printed with -vv, or in the report of ${host}.`,
      facts: about,
    });
  }
  // It read as wanted, and was let be.
  if (result?.complete && result.failed === null && !result.changed) return { changed: false };

  const after = await comeBack(node, before, at);
  const finish = (
    outcome: 'changed' | 'failed' | 'unproven',
    changes: readonly Change[],
    message: string | null,
  ): void =>
    bus.emit({ type: 'step.finished', ...about, outcome, changes, way: null, message, ms: clock.now() - began });
  if (after !== null && after.state === node.want) {
    finish('changed', changesBetween(before.state ?? '', node.want), null);
    return { changed: true };
  }
  const seconds = Math.round((node.rebootMs ?? 0) / 1000);
  const message =
    after === null
      ? `it was told to reboot, and has not come back within ${seconds} s`
      : `it has rebooted, but reads "${oneLine(after.state ?? 'nothing')}" in place of "${oneLine(node.want)}"`;
  finish(after === null ? 'failed' : 'unproven', [], message);
  return stopped(after === null ? 'in-doubt' : 'failed', {
    code: after === null ? 'reboot.not-back' : 'step.unproven',
    message: `${host}: ${node.title}: ${message}.`,
    remedy:
      after === null
        ? `Look at its console. When it answers again: ovsfleet resume`
        : `See what it says of that boot: ovsfleet exec ${host} -- journalctl -b -p warning`,
    facts: about,
  });
};
