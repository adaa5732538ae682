import { type Forecast, type PlannedNode, plannedPending } from '../model/plan.ts';
import type { Reading } from '../model/plan-document.ts';
import type { Node, On, Step, Verify } from '../playbook/index.ts';
import { changesBetween } from './record.ts';

/** By title, which is unique in a play. */
export type Readings = ReadonlyMap<string, Reading>;

/** All that can be read in a tree, in its order. */
export const readables = (nodes: readonly Node[]): readonly (Step | Verify)[] =>
  nodes.flatMap((node): readonly (Step | Verify)[] => {
    switch (node.kind) {
      case 'step':
      case 'verify':
        return [node];
      case 'group':
      case 'around':
      case 'unchanged':
      case 'transaction':
      case 'watched':
        return readables(node.nodes);
      // These are read on another host.
      case 'on':
        return [];
    }
  });

/** What a reading says of what a step would do, or of what a check finds. */
export const forecast = (node: Step | Verify, readings: Readings): Forecast => {
  const reading = readings.get(node.title);
  if (reading === undefined) return { is: 'error', message: 'it was not read' };
  switch (reading.is) {
    case 'value':
      return reading.text === node.want
        ? { is: 'satisfied' }
        : { is: node.kind === 'verify' ? 'fails' : 'change', changes: changesBetween(reading.text, node.want) };
    case 'unknown':
      return { is: 'unknown', until: reading.until };
    case 'error':
      return { is: 'error', message: reading.message };
  }
};

/** Whether anything in the tree would be changed. */
export const isPending = (node: Node, readings: Readings): boolean => {
  switch (node.kind) {
    case 'step':
      // A step that brings a file is taken because the file is lacking here, whatever the host has.
      return forecast(node, readings).is !== 'satisfied' || node.brings.length > 0;
    case 'verify':
    case 'on':
      return false;
    case 'group':
    case 'around':
    case 'unchanged':
    case 'transaction':
    case 'watched':
      return node.nodes.some((child) => isPending(child, readings));
  }
};

/** What other hosts are asked about this one. */
const elsewhere = (nodes: readonly Node[]): readonly On[] =>
  nodes.flatMap((node): readonly On[] => {
    if (node.kind === 'on') return [node];
    return 'nodes' in node ? elsewhere(node.nodes) : [];
  });

/**
 * Whether all reads as wanted, checks too: then there is nothing to do. What other hosts are asked is not known yet, and
 * what is fetched is fetched each time.
 */
export const isSatisfied = (nodes: readonly Node[], readings: Readings): boolean =>
  elsewhere(nodes).length === 0 &&
  !readables(nodes).some((node) => node.kind === 'verify' && node.fetches.length > 0) &&
  !nodes.some((node) => isPending(node, readings)) &&
  readables(nodes).every((node) => {
    const reading = readings.get(node.title);
    return reading?.is === 'value' && reading.text === node.want;
  });

/** From where a host's traffic is probed, as the inventory says it. */
export interface Probe {
  readonly from: string;
  readonly to: string;
}

/**
 * The tree as a forecast for one host. A check that stands after something which will be changed cannot be foreseen.
 * @param stands where these nodes stand: `after` something that will be changed, or not
 */
export const plannedNodes = (
  nodes: readonly Node[],
  readings: Readings,
  probe: Probe | null,
  stands: 'first' | 'after' = 'first',
): readonly PlannedNode[] =>
  nodes.flatMap((node, index): PlannedNode | readonly PlannedNode[] => {
    const changed = stands === 'after' || nodes.slice(0, index).some((before) => isPending(before, readings));
    const inner = (children: readonly Node[]) => {
      const planned = plannedNodes(children, readings, probe, changed ? 'after' : 'first');
      return {
        title: node.title,
        pending: isPending(node, readings) || planned.some(plannedPending),
        children: planned,
      };
    };
    switch (node.kind) {
      case 'step':
        return {
          kind: 'step',
          title: node.title,
          forecast: forecast(node, readings),
          ...(node.note === null ? {} : { note: node.note }),
        };
      case 'verify':
        return { kind: 'step', title: node.title, forecast: changed ? { is: 'check' } : forecast(node, readings) };
      case 'group':
        return { kind: 'group', ...inner(node.nodes) };
      case 'around':
        return { kind: 'around', ...inner(node.nodes) };
      case 'unchanged':
        return { kind: 'unchanged', ...inner(node.nodes) };
      case 'transaction':
        return { kind: 'transaction', ...inner(node.nodes), confirmMs: node.confirmMs, deadlineMs: node.deadlineMs };
      case 'watched':
        return { kind: 'watched', ...inner(node.nodes), probe };
      case 'on':
        return node.nodes.map((check) => ({
          kind: 'step',
          title: check.title,
          forecast: { is: 'check' },
          note: `asked of ${node.host}`,
        }));
    }
  });
