import type { Change } from '../model/change.ts';
import { ConnectionError } from '../model/connection-error.ts';
import type { StepOutcome } from '../model/outcome.ts';
import type { Connection } from '../model/ports.ts';
import { changesBetween } from '../plan/index.ts';
import type { Step, Verify } from '../playbook/index.ts';
import { applyBatch, type BatchStep } from '../shell/index.ts';
import { type BatchEnd, converse, type Frame } from './converse.ts';
import { explainer } from './explain.ts';
import { lockText } from './host-lock.ts';
import { outputCap } from './output-cap.ts';
import type { Services } from './services.ts';

const asBatchStep = (node: Step | Verify): BatchStep => ({
  read: node.read,
  want: node.want,
  ways: node.kind === 'step' ? node.ways : [],
  withinSeconds: Math.ceil(node.withinMs / 1000),
  limitSeconds: Math.ceil(node.limitMs / 1000),
});

export interface ApplyResult {
  readonly end: BatchEnd;
  readonly changed: boolean;
  /** The step that stopped it, and why. */
  readonly failed: {
    readonly step: string;
    readonly outcome: StepOutcome;
    readonly message: string;
    /** What to do about it, when the step knows. */
    readonly remedy: string | null;
  } | null;
  /** Every step got its turn. */
  readonly complete: boolean;
}

const oneLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-2)
    .join(' / ');

/** What a check reads in place of what it wants. A check that wants `yes` prints a sentence of its own instead. */
export const unlike = (check: Verify, text: string): string =>
  check.want === 'yes' && /[^a-z]/.test(text.trim())
    ? oneLine(text)
    : `it reads "${oneLine(text)}" in place of "${oneLine(check.want)}"`;

/** Makes neighbouring steps true in one round trip, and tells the bus of each as it goes. */
export const apply = async (
  connection: Connection,
  play: number,
  nodes: readonly (Step | Verify)[],
  services: Services,
  signal?: AbortSignal,
): Promise<ApplyResult> => {
  const { bus, clock } = services;
  const host = connection.host.name;
  const nonce = services.nonce();
  const program = applyBatch(nodes.map(asBatchStep), {
    nonce,
    libraries: services.libraries,
    lock: lockText(services),
    open: services.secrets.open,
  });

  let changed = false;
  let finished = 0;
  let failed: ApplyResult['failed'] = null;
  let current: Step | Verify | null = null;
  let began = 0;
  let was = '';
  let lastOutput = '';
  let output = outputCap();
  let hiding = services.secrets.hiding();
  let explain = explainer([]);
  let fallReason: string | null = null;
  let way = '';

  const tellOutput = (text: string): void => {
    if (current !== null && text !== '') bus.emit({ type: 'step.output', play, host, step: current.title, text });
  };

  const hear = (text: string): void => {
    explain.take(text);
    lastOutput = (lastOutput + text.slice(-4000)).slice(-4000);
    tellOutput(output.take(text));
  };

  const finish = (outcome: StepOutcome, changes: readonly Change[], message: string | null): void => {
    if (current === null) return;
    tellOutput(output.rest());
    finished += 1;
    bus.emit({
      type: 'step.finished',
      play,
      host,
      step: current.title,
      outcome,
      changes,
      way: way === '' ? null : { title: way, because: fallReason ?? '' },
      message,
      ms: clock.now() - began,
    });
    if (outcome === 'failed' || outcome === 'unproven')
      failed = { step: current.title, outcome, message: message ?? '', remedy: explain.found()?.remedy ?? null };
    if (outcome === 'changed') changed = true;
    current = null;
  };

  const onFrame = (frame: Frame): void => {
    const node = nodes[frame.index];
    if (node === undefined) return;
    // What was held back is no part of a secret: the host says something else now.
    hear(hiding.rest());
    switch (frame.kind) {
      case 'start':
        current = node;
        began = clock.now();
        was = '';
        lastOutput = '';
        output = outputCap();
        hiding = services.secrets.hiding();
        explain = explainer(node.kind === 'step' ? node.explains : []);
        fallReason = null;
        way = '';
        bus.emit({ type: 'step.started', play, host, step: node.title });
        break;
      case 'was':
        was = frame.text;
        break;
      case 'way':
        way = node.kind === 'step' ? (node.ways[Number(frame.text) - 1]?.title ?? '') : '';
        break;
      case 'fall':
        fallReason = frame.text.replace(/^\d+ /, '');
        break;
      case 'ok':
        finish('ok', [], null);
        break;
      case 'changed':
        finish('changed', changesBetween(was, frame.text), null);
        break;
      case 'unproven':
        finish(
          'unproven',
          changesBetween(was, frame.text),
          `it was done without an error, but now reads "${oneLine(frame.text)}" in place of "${oneLine(node.want)}"`,
        );
        break;
      case 'late':
        finish('failed', [], oneLine(frame.text));
        break;
      case 'failed':
        finish(
          'failed',
          [],
          node.kind === 'verify'
            ? unlike(node, frame.text)
            : `${oneLine(frame.text)}${lastOutput === '' ? '' : `: ${explain.found()?.sentence ?? oneLine(lastOutput)}`}`,
        );
        break;
    }
  };

  bus.emit({ type: 'batch.sent', play, host, steps: nodes.map((node) => node.title) });
  // Checks change nothing: what was done already is seen to its end also when no more can be recorded.
  if (nodes.some(({ kind }) => kind === 'step')) await bus.durable();
  const result = (end: BatchEnd): ApplyResult => ({ end, changed, failed, complete: finished === nodes.length });
  try {
    const end = await converse(connection, program, nonce, {
      frame: onFrame,
      output: (text) => {
        if (current !== null) hear(hiding.take(text));
      },
      bus,
      ...(signal === undefined ? {} : { signal }),
    });
    return result(end);
  } catch (error) {
    // All steps have said how they ended: a link that is lost before the last word leaves nothing in doubt.
    if (error instanceof ConnectionError && finished === nodes.length) return result({ is: 'ended' });
    throw error;
  }
};
