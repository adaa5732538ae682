import { createTwoFilesPatch } from 'diff';
import type { NodeRecord, Reading, TreeRecord } from '../model/plan-document.ts';
import type { Readings } from './forecast.ts';
import { changesBetween } from './record.ts';

/** How strictly readings are compared: as they were, or as they were or as they are wanted. */
export type Strictness = 'as-read' | 'as-read-or-wanted';

const shown = (text: string): string => (text === '' ? '(nothing)' : text.replaceAll('\n', ' / '));

const readingText = (reading: Reading): string => {
  switch (reading.is) {
    case 'value':
      return shown(reading.text);
    case 'unknown':
      return `not known before ${reading.until}`;
    case 'error':
      return `not readable (${shown(reading.message.trim())})`;
  }
};

const sameReading = (was: Reading, now: Reading): boolean =>
  was.is === 'value' && now.is === 'value' ? was.text === now.text : was.is === now.is;

/** What was read of a step then and now, key by key; empty when it may be done. */
const readingDrift = (
  { kind, title, reading }: NodeRecord,
  now: Reading | undefined,
  strictness: Strictness,
): readonly string[] => {
  // What a check reads comes and goes by itself, and a check changes nothing.
  if (reading === null || now === undefined || kind !== 'step') return [];
  const { was, want } = reading;
  if (sameReading(was, now)) return [];
  // What could not be known when the plan was made was shown as such.
  const allowed = was.is !== 'value' || (now.is === 'value' && now.text === want);
  if (strictness === 'as-read-or-wanted' && allowed) return [];
  if (was.is !== 'value' || now.is !== 'value') {
    return [`${title}: was ${readingText(was)}, is ${readingText(now)}`];
  }
  return changesBetween(was.text, now.text).map(
    ({ key, before, after }) => `${title}: ${key === '' ? '' : `${key} `}was ${shown(before)}, is ${shown(after)}`,
  );
};

/** The first lines that differ between two scripts, so that one sees what kind of change it is. */
const scriptDifference = (was: string, now: string): string => {
  const lines = createTwoFilesPatch('plan', 'now', was, now, '', '', { context: 0 })
    .split('\n')
    .filter((line) => /^[-+](?![-+]{2} )/.test(line));
  return lines.slice(0, 4).join(' / ');
};

const nodeDrift = (was: NodeRecord, now: NodeRecord, textOf: (digest: string) => string): readonly string[] => {
  if (was.exact !== now.exact || was.depth !== now.depth) {
    const lines = scriptDifference(textOf(was.script), textOf(now.script));
    return [`${now.title}: it would be done otherwise${lines === '' ? '' : `: ${lines}`}`];
  }
  const libraries = Object.keys(now.libraries).filter((name) => was.libraries[name] !== now.libraries[name]);
  return libraries.length === 0 ? [] : [`${now.title}: it calls ${libraries.join(', ')}, which changed`];
};

/**
 * What keeps a tree from being done as planned, a sentence each; empty when nothing does.
 * @param options `textOf`: the text of a script of the plan or of now, by digest; `fewer`: whether the tree may lack nodes
 * of the plan, as a builder's may whose builds were made meanwhile
 */
export const treeDrift = (
  was: TreeRecord,
  now: TreeRecord,
  readings: Readings,
  options: {
    readonly strictness: Strictness;
    readonly fewer: 'allowed' | 'refused';
    readonly textOf: (digest: string) => string;
  },
): readonly string[] => {
  const planned = new Map(was.nodes.map((node) => [node.title, node]));
  const there = new Set(now.nodes.map(({ title }) => title));
  const gone = was.nodes.filter(({ title }) => !there.has(title)).map(({ title }) => `${title}: is not done any more`);
  return [
    ...(options.fewer === 'refused' ? gone : []),
    ...now.nodes.flatMap((node) => {
      const before = planned.get(node.title);
      if (before === undefined) return [`${node.title}: is not in the plan`];
      const changed = nodeDrift(before, node, options.textOf);
      return changed.length > 0 ? changed : readingDrift(before, readings.get(node.title), options.strictness);
    }),
  ];
};
