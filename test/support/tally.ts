import { readFileSync } from 'node:fs';

/** Names the file that lab tests write the hosts into which they have booted. */
export const tallyFileVariable = 'OVSFLEET_TALLY';

export const hostKinds = ['systemd', 'agent', 'source'] as const;
export type HostKind = (typeof hostKinds)[number];

/** A host that was booted: seen by logging in to it. */
export interface BootedHost {
  readonly kind: HostKind;
  /** `LAB/HOST` */
  readonly host: string;
  readonly boot: string;
}

/** What a lab's profile counts as; builders and light hosts do not count. */
export const kindOf = (profile: string): HostKind | null => {
  switch (profile) {
    case 'pkg31':
    case 'over':
    case 'tight':
      return 'systemd';
    case 'agent':
      return 'agent';
    case 'src':
      return 'source';
    default:
      return null;
  }
};

const parse = (line: string): BootedHost | null => {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) return null;
  const { kind, host, boot }: { kind?: unknown; host?: unknown; boot?: unknown } = value;
  const known = hostKinds.find((name) => name === kind);
  if (known === undefined || typeof host !== 'string' || typeof boot !== 'string' || boot === '') return null;
  return { kind: known, host, boot };
};

/** How many different hosts of each kind a tally file names; each boot counts once, however often it was written. */
export const readTally = (file: string): Readonly<Record<HostKind, number>> => {
  const boots = new Map<string, HostKind>();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Nothing was booted.
  }
  for (const line of text.split('\n')) {
    const booted = line === '' ? null : parse(line);
    if (booted !== null) boots.set(booted.boot, booted.kind);
  }
  const count = (kind: HostKind): number => [...boots.values()].filter((one) => one === kind).length;
  return { systemd: count('systemd'), agent: count('agent'), source: count('source') };
};
