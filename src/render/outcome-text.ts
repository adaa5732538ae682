import { withoutHost } from '../model/causes.ts';
import type { Change } from '../model/change.ts';
import { formatDuration } from '../model/duration.ts';
import type { FleetEvent } from '../model/event.ts';
import type { TrafficMeasured } from '../model/traffic.ts';
import { wayText } from '../model/way-text.ts';
import { changeText } from './changes.ts';
import { type Look, outcomeWord, toneOf } from './look.ts';
import { oneLine } from './text.ts';

type HostFinished = Extract<FleetEvent, { readonly type: 'host.finished' }>;
type StepFinished = Extract<FleetEvent, { readonly type: 'step.finished' }>;

/** How a host ended: the sentence, then what to type. `changed`: the steps that changed it. */
export const endedTexts = (
  { host, outcome, problem, ms }: HostFinished,
  changed: readonly string[],
  { paint, glyphs }: Look,
): readonly string[] => {
  const word = paint(toneOf(outcome), outcome === 'current' ? 'nothing to do' : outcomeWord(outcome));
  if (problem === null) return [`${word} ${paint('quiet', `in ${formatDuration(ms)}`)}${listed(changed)}`];
  return [
    `${word}: ${oneLine(withoutHost(host, problem.message))}`,
    paint('quiet', `${glyphs.arrow} ${oneLine(problem.remedy)}`),
  ];
};

const mostListed = 3;

const listed = (steps: readonly string[]): string => {
  if (steps.length === 0) return '';
  const more = steps.length > mostListed ? ` and ${steps.length - mostListed} more` : '';
  return `: ${steps.slice(0, mostListed).map(oneLine).join(', ')}${more}`;
};

export const stepText = (event: StepFinished, look: Look): string => {
  const { step, outcome, changes, way, message, ms } = event;
  const tone = { ok: 'good', changed: 'change', failed: 'bad', unproven: 'bad' } as const;
  const said = message === null ? '' : `: ${oneLine(message)}`;
  const by = way === null ? '' : `; ${oneLine(wayText(way))}`;
  const record = changes.map((change: Change) => oneLine(changeText(change, look))).join(', ');
  const made = outcome === 'changed' && record !== '' ? `  ${record}` : '';
  return `${oneLine(step)}: ${look.paint(tone[outcome], outcome)}${said}${made}${by} ${look.paint('quiet', `(${formatDuration(ms)})`)}`;
};

export const trafficText = (
  { from, to, sent, lost, longestGapMs }: TrafficMeasured,
  maxGapMs: number,
  look: Look,
): string => {
  const tone = longestGapMs > maxGapMs ? 'bad' : 'good';
  const gap = look.paint(tone, formatDuration(longestGapMs));
  const limit = formatDuration(maxGapMs);
  return `traffic: longest gap ${gap} of ${limit} allowed; ${lost} of ${sent} probes lost, ${from} ${look.glyphs.arrow} ${to}`;
};
