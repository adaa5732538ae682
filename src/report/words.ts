import type { Change } from '../model/change.ts';
import { formatDuration } from '../model/duration.ts';
import { hostOutcomes } from '../model/outcome.ts';
import type { HostReport, OutcomeCounts, Report } from './report.ts';

/** Words that every form of the report shares. */
export const outcomeWord = (outcome: string | null): string =>
  outcome === null ? 'no end known' : outcome.replace('-', ' ');

/** What a host is called: how it ended, or what a check found of it. */
export const standing = ({ outcome, plays }: HostReport, mode: Report['mode']): string => {
  if (outcome !== null || mode === 'apply' || plays.length === 0) return outcomeWord(outcome);
  if (plays.some(({ refusals }) => refusals.length > 0)) return 'refused';
  return plays.some(({ planned }) => planned.length > 0) ? 'drifts' : 'conforms';
};

/** `2026-01-13 01:00:07 UTC` */
export const dateText = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const clockText = (time: number): string => new Date(time).toISOString().slice(11, 19);

/** With tenths below a minute: phases are short. */
export const tookText = (ms: number | null): string => (ms === null ? '' : formatDuration(ms));

export const changeText = ({ key, before, after }: Change): string =>
  `${key === '' ? '' : `${key} `}${before === '' ? '(nothing)' : before} → ${after === '' ? '(nothing)' : after}`;

export const countsText = (counts: OutcomeCounts): string =>
  hostOutcomes
    .filter((outcome) => counts[outcome] !== undefined)
    .map((outcome) => `${counts[outcome]} ${outcomeWord(outcome)}`)
    .join(', ');

const exitWords: Readonly<Record<number, string>> = {
  0: 'all went well',
  1: 'a host failed or was undone',
  2: 'the input was refused',
  3: 'paused: nothing new was started',
  4: 'a host could not be reached',
  5: 'some hosts are not as wanted',
  130: 'interrupted',
};

export const endText = ({ exitCode }: Report): string =>
  exitCode === null ? 'cut off before its end' : `exit ${exitCode}: ${exitWords[exitCode] ?? 'see below'}`;

/** What a host said is shown without control characters but line feeds and tabs. */
export const printable = (text: string): string =>
  text.replaceAll(
    /\u001b(?:\[[0-?]*[ -/]*[@-~])?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    '',
  );
