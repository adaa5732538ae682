import type { Host } from '../model/host.ts';
import type { InventoryRecord } from '../model/plan-document.ts';

/** Names whose values are secret by custom, wherever they stand: not even their digests may be kept. */
const secret = /pass(word|phrase|wd)?$|secret|token/i;

/** The same text for the same value, whatever the order of its keys. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  // A secret has its own way into JSON: a word that does not tell it.
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

/** What the inventory says of a host, as far as it decides where to connect and what a playbook makes of it. */
export const inventoryRecord = (host: Host, sha256: (text: string) => string): InventoryRecord => ({
  address: host.address,
  port: host.port,
  user: host.user,
  groups: host.groups,
  vars: Object.fromEntries(
    Object.entries(host.vars)
      .filter(([name]) => !secret.test(name))
      .map(([name, value]) => [name, sha256(JSON.stringify(canonical(value)) ?? '')]),
  ),
});

/** What differs between two of them, in words; empty when nothing does. */
export const inventoryDifferences = (was: InventoryRecord, now: InventoryRecord): readonly string[] => {
  const plain = (['address', 'port', 'user'] as const).flatMap((key) =>
    was[key] === now[key] ? [] : [`${key} was ${was[key]}, is ${now[key]}`],
  );
  const groups =
    was.groups.join() === now.groups.join()
      ? []
      : [`groups were ${was.groups.join(', ') || 'none'}, are ${now.groups.join(', ') || 'none'}`];
  const names = [...new Set([...Object.keys(was.vars), ...Object.keys(now.vars)])];
  const vars = names.flatMap((name) => {
    if (was.vars[name] === now.vars[name]) return [];
    if (was.vars[name] === undefined) return [`variable ${name} is new`];
    return [now.vars[name] === undefined ? `variable ${name} is gone` : `variable ${name} has another value`];
  });
  return [...plain, ...groups, ...vars];
};
