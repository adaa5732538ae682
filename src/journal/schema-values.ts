import { z } from 'zod';
import type { Change } from '../model/change.ts';
import type { Problem } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { Value } from '../model/host.ts';
import { type HostOutcome, hostOutcomes, type StepOutcome, type TransactionState } from '../model/outcome.ts';
import type { FileDiff, Forecast, HostPlan, PlannedNode } from '../model/plan.ts';
import type { Selection } from '../model/selection.ts';
import type { TrafficMeasured } from '../model/traffic.ts';

export const strings = z.array(z.string());

export const selection: z.ZodType<Selection> = z.object({
  only: strings,
  tags: strings,
  skipTags: strings,
  startAt: z.string().nullable(),
});

export const value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(value), z.record(z.string(), value)]),
);

export const change: z.ZodType<Change> = z.object({ key: z.string(), before: z.string(), after: z.string() });

export const problem: z.ZodType<Problem> = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
});

export const facts: z.ZodType<Facts> = z.object({
  distro: z.string(),
  distroVersion: z.string(),
  kernel: z.string(),
  arch: z.string(),
  init: z.enum(['systemd', 'other']),
  signatures: z.enum(['enforced', 'free']).exactOptional(),
  ovs: z
    .object({
      owner: z.enum(['debian', 'el', 'bare', 'container', 'astray']),
      runDirectory: z.string(),
      databaseDirectory: z.string(),
      logDirectory: z.string(),
      sysconfdir: z.string(),
      localstatedir: z.string(),
    })
    .nullable(),
  openstack: z.object({ agentUnit: z.string() }).nullable(),
});

export const stepOutcome: z.ZodType<StepOutcome> = z.enum(['ok', 'changed', 'failed', 'unproven']);

export const hostOutcome: z.ZodType<HostOutcome> = z.enum(hostOutcomes);

export const transactionState: z.ZodType<TransactionState> = z.enum([
  'prepared',
  'running',
  'awaiting',
  'confirmed',
  'undoing',
  'done',
  'undone',
  'stuck',
]);

export const traffic: z.ZodType<TrafficMeasured> = z.object({
  from: z.string(),
  to: z.string(),
  sent: z.number(),
  lost: z.number(),
  longestGapMs: z.number(),
});

const forecast: z.ZodType<Forecast> = z.discriminatedUnion('is', [
  z.object({ is: z.literal('satisfied') }),
  z.object({ is: z.literal('change'), changes: z.array(change) }),
  z.object({ is: z.literal('unknown'), until: z.string() }),
  z.object({ is: z.literal('check') }),
  z.object({ is: z.literal('fails'), changes: z.array(change) }),
  z.object({ is: z.literal('error'), message: z.string() }),
]);

const fileDiff: z.ZodType<FileDiff> = z.discriminatedUnion('is', [
  z.object({ file: z.string(), is: z.literal('text'), patch: z.string() }),
  z.object({ file: z.string(), is: z.literal('hidden'), because: z.string() }),
]);

const plannedNode: z.ZodType<PlannedNode> = z.lazy(() => {
  const inner = { title: z.string(), pending: z.boolean(), children: z.array(plannedNode) };
  return z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('step'),
      title: z.string(),
      forecast,
      note: z.string().exactOptional(),
      diffs: z.array(fileDiff).exactOptional(),
    }),
    z.object({ kind: z.literal('group'), ...inner }),
    z.object({ kind: z.literal('transaction'), ...inner, confirmMs: z.number(), deadlineMs: z.number() }),
    z.object({ kind: z.literal('around'), ...inner }),
    z.object({ kind: z.literal('unchanged'), ...inner }),
    z.object({
      kind: z.literal('watched'),
      ...inner,
      probe: z.object({ from: z.string(), to: z.string() }).nullable(),
    }),
  ]);
});

export const hostPlan: z.ZodType<HostPlan> = z.object({
  host: z.string(),
  nodes: z.array(plannedNode),
  refusals: z.array(problem),
});
