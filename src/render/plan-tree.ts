import { insteadText } from '../model/change.ts';
import { formatDuration } from '../model/duration.ts';
import type { FileDiff, PlannedNode } from '../model/plan.ts';
import { changeText } from './changes.ts';
import type { Look, Tone } from './look.ts';
import { columnsOf, cutTo, oneLine, padTo, printable, wrap } from './text.ts';

export interface TreeContext {
  readonly look: Look;
  readonly columns: number;
  /** From where the hosts that share the plan are probed; each may have its own peer. */
  readonly probes: readonly { readonly from: string; readonly to: string }[];
}

type StepNode = Extract<PlannedNode, { readonly kind: 'step' }>;

const isPending = (node: PlannedNode): boolean =>
  node.kind === 'step' ? node.forecast.is !== 'satisfied' : node.pending;

/** The forecast of a tree as lines; neighbours that are as wanted already share one line. */
export const treeLines = (nodes: readonly PlannedNode[], depth: number, context: TreeContext): readonly string[] => {
  const lines: string[] = [];
  let satisfied: string[] = [];
  const flush = (): void => {
    if (satisfied.length > 0) lines.push(line(depth, context.look.glyphs.same, 'quiet', satisfied.join(', '), context));
    satisfied = [];
  };
  for (const node of nodes) {
    if (isPending(node)) {
      flush();
      lines.push(...nodeLines(node, depth, context));
    } else {
      satisfied.push(oneLine(node.title));
    }
  }
  flush();
  return lines;
};

const nodeLines = (node: PlannedNode, depth: number, context: TreeContext): readonly string[] => {
  const { look } = context;
  const inside = (by: number): readonly string[] =>
    node.kind === 'step' ? [] : treeLines(node.children, depth + by, context);
  switch (node.kind) {
    case 'step':
      return [
        ...stepLines(node, depth, context),
        ...(node.diffs ?? []).flatMap((diff) => diffLines(diff, depth, context)),
      ];
    case 'group':
      return [line(depth, '', 'strong', node.title, context), ...inside(1)];
    case 'transaction': {
      const promise = `(one transaction, undoes itself unless confirmed in ${formatDuration(node.confirmMs)})`;
      return [line(depth, '', 'strong', node.title, context, promise), ...inside(1)];
    }
    case 'around':
      return [line(depth, look.glyphs.around, 'plain', node.title, context), ...inside(1)];
    case 'unchanged': {
      const promise = node.title.endsWith('unchanged') ? node.title : `${node.title} unchanged`;
      return [line(depth, look.glyphs.same, 'plain', promise, context), ...inside(0)];
    }
    case 'watched':
      return [...inside(0), line(depth, look.glyphs.check, 'plain', node.title, context, ` ${probing(node, context)}`)];
  }
};

const probing = (node: Extract<PlannedNode, { readonly kind: 'watched' }>, { probes }: TreeContext): string => {
  if (node.probe === null) return 'not measured: set probe_from, probe_to in the inventory';
  const peers = new Set(probes.map((probe) => probe.from));
  const guests = new Set(probes.map((probe) => probe.to));
  const from = peers.size > 1 ? `${peers.size} peers` : node.probe.from;
  const to = guests.size > 1 ? `${guests.size} guests` : node.probe.to;
  return `probed from ${from} to ${to}`;
};

/** Whole lines, however long: they are there to be read, and copied. */
export const diffLines = (diff: FileDiff, depth: number, { look }: Pick<TreeContext, 'look'>): readonly string[] => {
  const indent = '  '.repeat(depth + 2);
  if (diff.is === 'hidden')
    return [look.paint('quiet', `${indent}${oneLine(diff.file)} differs; not shown: ${diff.because}`)];
  return printable(diff.patch)
    .trimEnd()
    .split('\n')
    .map((text) => `${indent}${look.paint(toneOf(text), text)}`);
};

const toneOf = (line: string): Tone => {
  if (/^(---|\+\+\+|@@) /.test(line)) return 'quiet';
  if (line.startsWith('+')) return 'good';
  return line.startsWith('-') ? 'bad' : 'plain';
};

const stepLines = (node: StepNode, depth: number, context: TreeContext): readonly string[] => {
  const { look, columns } = context;
  const { glyphs, paint } = look;
  const note = node.note === undefined ? '' : `   ${oneLine(node.note)}`;
  switch (node.forecast.is) {
    case 'satisfied':
      return [line(depth, glyphs.same, 'quiet', node.title, context, note)];
    case 'check':
      return [line(depth, glyphs.check, 'plain', node.title, context, note)];
    case 'unknown':
      return [line(depth, glyphs.later, 'quiet', node.title, context, `  known after ${node.forecast.until}${note}`)];
    case 'fails': {
      const found = node.forecast.changes.map(insteadText).map(oneLine).join(', ');
      const whole = `${'  '.repeat(depth)}${glyphs.error} ${oneLine(node.title)}   ${found}${note}`;
      if (columnsOf(whole) <= columns)
        return [line(depth, glyphs.error, 'bad', node.title, context, `  ${found}${note}`)];
      const indent = '  '.repeat(depth + 2);
      return [
        line(depth, glyphs.error, 'bad', node.title, context, note),
        ...wrap(found, columns - indent.length).map((text) => `${indent}${text}`),
      ];
    }
    case 'error':
      return [line(depth, glyphs.error, 'bad', node.title, context, `  ${oneLine(node.forecast.message)}${note}`)];
    case 'change': {
      const { changes } = node.forecast;
      const head = `${'  '.repeat(depth)}${glyphs.change} ${oneLine(node.title)}`;
      const record = changes.map((change) => changeText(change, look)).join(', ');
      const whole = `${head}   ${record}${note}`;
      if (columnsOf(whole) <= columns) return [`${paint('change', head)}   ${record}${paint('quiet', note)}`];
      const keys = Math.max(...changes.map((change) => change.key.length));
      const rest = changes.map((change) => {
        const text = `${padTo(change.key, keys)}  ${changeText({ ...change, key: '' }, look)}`;
        return cutTo(`${'  '.repeat(depth + 2)}${keys === 0 ? text.trimStart() : text}`, columns, glyphs.ellipsis);
      });
      return [`${paint('change', head)}${paint('quiet', note)}`, ...rest];
    }
  }
};

const line = (depth: number, mark: string, tone: Tone, title: string, context: TreeContext, tail = ''): string => {
  const { columns, look } = context;
  const head = `${'  '.repeat(depth)}${mark === '' ? '' : `${mark} `}${oneLine(title)}`;
  const rest = tail === '' ? '' : cutTo(` ${tail}`, Math.max(0, columns - columnsOf(head)), look.glyphs.ellipsis);
  return look.paint(tone, cutTo(head, columns, look.glyphs.ellipsis)) + look.paint('quiet', rest);
};
