import { z } from 'zod';
import { eventFormat, type FleetEvent, type Stamped } from '../model/event.ts';
import { hookMoments } from '../model/hook.ts';
import { hookAnswer, outlook } from './schema-rollout.ts';
import {
  change,
  facts,
  hostOutcome,
  hostPlan,
  problem,
  selection,
  stepOutcome,
  strings,
  traffic,
  transactionState,
  value,
} from './schema-values.ts';

const stamp = { seq: z.number(), time: z.number(), run: z.string() };
const inPlay = { ...stamp, play: z.number() };
const onHost = { ...inPlay, host: z.string() };
const ofStep = { ...onHost, step: z.string() };
const ofFile = { ...onHost, file: z.string(), direction: z.enum(['to-host', 'from-host']) };
const ofTransaction = { ...onHost, transaction: z.string() };

type Schemas = { readonly [T in FleetEvent['type']]: z.ZodType<Extract<Stamped, { readonly type: T }>> };

/** One schema an event; the type says that none is missing and that each gives just its event. */
const schemas: Schemas = {
  'run.started': z.object({
    type: z.literal('run.started'),
    ...stamp,
    title: z.string(),
    playbook: z.string(),
    inventory: strings,
    params: z.record(z.string(), value),
    limit: z.string().nullable(),
    mode: z.enum(['apply', 'check']),
    plays: strings,
    hosts: strings,
    version: z.string(),
    resumes: z.string().nullable(),
    store: z.string().nullable().default(null),
    plan: z.string().nullable().default(null),
  }),
  'play.started': z.object({
    type: z.literal('play.started'),
    ...inPlay,
    title: z.string(),
    waves: z.array(strings),
    concurrency: z.number(),
    stopAfter: z.number(),
    pauseMs: z.number(),
  }),
  'play.outlook': z.object({ type: z.literal('play.outlook'), ...inPlay, outlook }),
  'play.finished': z.object({ type: z.literal('play.finished'), ...inPlay }),
  'wave.started': z.object({ type: z.literal('wave.started'), ...inPlay, wave: z.number(), hosts: strings }),
  'wave.paused': z.object({ type: z.literal('wave.paused'), ...inPlay, wave: z.number(), ms: z.number() }),
  'run.selected': z.object({ type: z.literal('run.selected'), ...stamp, selection }),
  'run.reached': z.object({ type: z.literal('run.reached'), ...stamp, flags: strings }),
  'run.ticket': z.object({ type: z.literal('run.ticket'), ...stamp, ticket: z.string() }),
  'window.waiting': z.object({
    type: z.literal('window.waiting'),
    ...inPlay,
    hosts: strings,
    opensAt: z.number(),
    zone: z.string(),
  }),
  'rollout.halted': z.object({
    type: z.literal('rollout.halted'),
    ...stamp,
    play: z.number().nullable(),
    because: z.enum(['window', 'capacity', 'gate', 'hook']),
    problem,
  }),
  'gate.judged': z.object({
    type: z.literal('gate.judged'),
    ...inPlay,
    wave: z.number(),
    hosts: strings,
    failed: z.array(z.object({ host: z.string(), problem })),
  }),
  'hook.answered': z.object({
    type: z.literal('hook.answered'),
    ...stamp,
    play: z.number().nullable(),
    moment: z.enum(hookMoments),
    hook: z.string(),
    hosts: strings,
    answer: hookAnswer,
    againMs: z.number().nullable(),
  }),
  'host.facts': z.object({ type: z.literal('host.facts'), ...stamp, host: z.string(), facts }),
  'host.planned': z.object({ type: z.literal('host.planned'), ...inPlay, plan: hostPlan }),
  'host.started': z.object({ type: z.literal('host.started'), ...onHost }),
  'host.finished': z.object({
    type: z.literal('host.finished'),
    ...onHost,
    outcome: hostOutcome,
    problem: problem.nullable(),
    ms: z.number(),
  }),
  'batch.sent': z.object({ type: z.literal('batch.sent'), ...onHost, steps: strings }),
  'step.started': z.object({ type: z.literal('step.started'), ...ofStep }),
  'step.output': z.object({ type: z.literal('step.output'), ...ofStep, text: z.string() }),
  'step.finished': z.object({
    type: z.literal('step.finished'),
    ...ofStep,
    outcome: stepOutcome,
    changes: z.array(change),
    way: z.object({ title: z.string(), because: z.string() }).nullable(),
    message: z.string().nullable(),
    ms: z.number(),
  }),
  'file.sent': z.object({ type: z.literal('file.sent'), ...onHost, file: z.string() }),
  'file.progress': z.object({
    type: z.literal('file.progress'),
    ...ofFile,
    doneBytes: z.number(),
    totalBytes: z.number(),
  }),
  'file.finished': z.object({
    type: z.literal('file.finished'),
    ...ofFile,
    bytes: z.number(),
    sent: z.boolean(),
    sha256: z.string(),
  }),
  'transaction.sent': z.object({
    type: z.literal('transaction.sent'),
    ...ofTransaction,
    title: z.string(),
    phases: strings,
  }),
  'transaction.attached': z.object({
    type: z.literal('transaction.attached'),
    ...ofTransaction,
    title: z.string().nullable().default(null),
    state: transactionState,
    found: z.boolean(),
    owner: z.string().nullable().default(null),
    sinceMs: z.number().nullable().default(null),
  }),
  'transaction.phase': z.object({
    type: z.literal('transaction.phase'),
    ...ofTransaction,
    index: z.number(),
    phase: z.string(),
    hostTime: z.number(),
  }),
  'transaction.state': z.object({
    type: z.literal('transaction.state'),
    ...ofTransaction,
    index: z.number(),
    state: transactionState,
    hostTime: z.number(),
    reason: z.string().nullable(),
  }),
  'transaction.log': z.object({ type: z.literal('transaction.log'), ...ofTransaction, text: z.string() }),
  'link.lost': z.object({ type: z.literal('link.lost'), ...stamp, host: z.string(), reason: z.string() }),
  'link.back': z.object({ type: z.literal('link.back'), ...stamp, host: z.string(), afterMs: z.number() }),
  'traffic.measured': z.object({
    type: z.literal('traffic.measured'),
    ...onHost,
    measured: traffic,
    maxGapMs: z.number(),
  }),
  'budget.spent': z.object({ type: z.literal('budget.spent'), ...inPlay, failed: strings, stopAfter: z.number() }),
  'run.interrupted': z.object({ type: z.literal('run.interrupted'), ...stamp, times: z.number() }),
  warning: z.object({ type: z.literal('warning'), ...stamp, host: z.string().nullable(), problem }),
  'run.finished': z.object({
    type: z.literal('run.finished'),
    ...stamp,
    exitCode: z.number(),
    ms: z.number(),
    resumable: z.boolean(),
  }),
};

const head = z.object({ v: z.literal(eventFormat), type: z.string() });

const isKnown = (type: string): type is FleetEvent['type'] => Object.hasOwn(schemas, type);

export type Decoded = { readonly event: Stamped } | { readonly fault: string };

/** Parses one written event. The fault says what is wrong with it, for a message that names its line. */
export const decodeEvent = (written: unknown): Decoded => {
  const opened = head.safeParse(written);
  if (!opened.success) return { fault: `not an event of format ${eventFormat}` };
  const { type } = opened.data;
  if (!isKnown(type)) return { fault: `unknown event "${type}"` };
  const parsed = schemas[type].safeParse(written);
  if (parsed.success) return { event: parsed.data };
  const [issue] = parsed.error.issues;
  return { fault: `${type}: ${issue?.path.join('.')}: ${issue?.message}` };
};
