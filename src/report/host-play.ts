import { insteadText } from '../model/change.ts';
import type { Stamped } from '../model/event.ts';
import { isOpen } from '../model/outcome.ts';
import type { PlannedNode } from '../model/plan.ts';
import { type MarkEvent, marksOf } from './marks.ts';
import type { FileReport, HostPlay, PlannedChange, Report, StepReport, TransactionReport } from './report.ts';

/** So much of what a failed step printed is kept, in characters. */
const keptOutput = 8000;

/** What one play did on one host, from its events of that play. */
export const hostPlayOf = (play: number, title: string, events: readonly Stamped[]): HostPlay => {
  const ended = events.findLast((event) => event.type === 'host.finished');
  const planned = events.findLast((event) => event.type === 'host.planned');
  return {
    play,
    title,
    outcome: ended?.outcome ?? null,
    problem: ended?.problem ?? null,
    startedAt: events.find((event) => event.type === 'host.started')?.time ?? null,
    ms: ended?.ms ?? null,
    planned: planned === undefined ? [] : planned.plan.nodes.flatMap(plannedChanges),
    refusals: planned?.plan.refusals ?? [],
    steps: stepsOf(events),
    files: events.filter((event) => event.type === 'file.finished').map(fileOf),
    transactions: transactionsOf(events),
    traffic: events
      .filter((event) => event.type === 'traffic.measured')
      .map(({ measured, maxGapMs }) => ({ ...measured, maxGapMs })),
  };
};

/**
 * What was foreseen, of steps that did not tell themselves how they ended: those of a check, and those in a transaction,
 * which tells of its phases only. When it is done, each of them has been read to be as wanted.
 */
export const onlyPlanned = ({ planned, steps, outcome }: HostPlay): readonly PlannedChange[] =>
  planned.filter(
    ({ step, because }) => !steps.some((told) => told.step === step) && (because === null || outcome !== 'changed'),
  );

export const plannedHeading = (outcome: HostPlay['outcome'], mode: Report['mode']): string => {
  if (mode === 'check') return 'Drifts in';
  return outcome === 'changed' ? 'Changed in the transaction' : 'Was to change';
};

const plannedChanges = (node: PlannedNode): readonly PlannedChange[] => {
  if (node.kind !== 'step') return node.children.flatMap(plannedChanges);
  const step = node.title;
  switch (node.forecast.is) {
    case 'satisfied':
    case 'check':
      return [];
    case 'change':
      return [{ step, changes: node.forecast.changes, because: null }];
    case 'fails':
      return [{ step, changes: [], because: node.forecast.changes.map(insteadText).join(', ') }];
    case 'unknown':
      return [{ step, changes: [], because: `known after ${node.forecast.until}` }];
    case 'error':
      return [{ step, changes: [], because: node.forecast.message }];
  }
};

const stepsOf = (events: readonly Stamped[]): readonly StepReport[] => {
  const steps = new Map<string, StepReport>();
  const output = new Map<string, string>();
  const blank = { outcome: null, changes: [], way: null, message: null, ms: null, output: '' };
  for (const event of events) {
    if (event.type === 'step.started') steps.set(event.step, { ...blank, step: event.step });
    if (event.type === 'step.output') {
      output.set(event.step, ((output.get(event.step) ?? '') + event.text).slice(-keptOutput));
    }
    if (event.type === 'step.finished') {
      const { step, outcome, changes, way, message, ms } = event;
      const failed = outcome === 'failed' || outcome === 'unproven';
      steps.set(step, { step, outcome, changes, way, message, ms, output: failed ? (output.get(step) ?? '') : '' });
    }
  }
  return [...steps.values()];
};

const fileOf = ({
  file,
  direction,
  bytes,
  sent,
  sha256,
}: Extract<Stamped, { readonly type: 'file.finished' }>): FileReport => ({ file, direction, bytes, sent, sha256 });

const transactionsOf = (events: readonly Stamped[]): readonly TransactionReport[] => {
  const own = events.filter((event) => 'transaction' in event);
  const ids = [...new Set(own.map(({ transaction }) => transaction))];
  return ids.map((id) => {
    const its = own.filter(({ transaction }) => transaction === id);
    const states = its.filter((event) => event.type === 'transaction.state' || event.type === 'transaction.attached');
    const reasons = its.flatMap((event) =>
      event.type === 'transaction.state' && event.reason !== null ? [event.reason] : [],
    );
    const end = states.find(({ state }) => !isOpen(state)) ?? states.at(-1);
    return {
      id,
      title:
        its.find((event) => event.type === 'transaction.sent')?.title ??
        its.find((event) => event.type === 'transaction.attached')?.title ??
        id,
      found: its.some((event) => event.type === 'transaction.attached' && event.found),
      state: end?.state ?? 'prepared',
      reason: reasons.at(-1) ?? null,
      marks: marksOf(its.filter(isMark)),
      log: its.flatMap((event) => (event.type === 'transaction.log' ? [event.text] : [])).join('\n'),
    };
  });
};

const isMark = (event: Stamped): event is MarkEvent =>
  event.type === 'transaction.phase' || event.type === 'transaction.state';
