import type { Change } from '../model/change.ts';
import type { Look } from './look.ts';
import { oneLine } from './text.ts';

/** `release 3.1.0 → 3.5.0`; a step that reads one line has no key. */
export const changeText = (change: Change, { glyphs }: Look): string => {
  const to = `${shown(change.before)} ${glyphs.arrow} ${shown(change.after)}`;
  return change.key === '' ? to : `${change.key} ${to}`;
};

const shown = (value: string): string => oneLine(value) || '(nothing)';
