import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { FleetError, type Problem } from '../model/error.ts';
import { LIMITS } from './limits.ts';
import { mapOf } from './mapping.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar, YamlSecret } from './node.ts';
import { type Position, positionsIn, problemAt } from './position.ts';
import type { Reading } from './reading.ts';
import { checkCollectionTag, hide, readScalar, unsafe } from './tags.ts';

type CollectionEvent = Exclude<Event, ScalarEvent | { type: 1 | 5 | 6 }>;

const ABSENT = -1;

/** A node, and how many nodes it stands for once its aliases are followed. */
interface Weighed<Node extends YamlNode> {
  readonly node: Node;
  readonly weight: number;
}

const startOf = (event: Exclude<Event, { type: 1 | 6 }>): number => {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  const quoted =
    event.type === EVENT_ID.SCALAR &&
    (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED);
  const content = event.type === EVENT_ID.SCALAR ? event.valueStart - (quoted ? 1 : 0) : event.start;
  let start = content > ABSENT ? content : Number.POSITIVE_INFINITY;
  if (event.tagStart !== ABSENT) start = Math.min(start, event.tagStart);
  if (event.anchorStart !== ABSENT) start = Math.min(start, event.anchorStart - 1);
  return start;
};

/**
 * Builds the tree of a file's only document from the parser's events; `null` when there is none.
 * Refuses what a reader could take for something else: a key given twice, a second document, an alias inside its anchor.
 */
export const compose = (text: string, file: string, reading: Reading, events: readonly Event[]): YamlNode | null => {
  const positionOf = positionsIn(text, file);
  const anchors = new Map<string, Weighed<YamlNode>>();
  let cursor = 0;
  let aliases = 0;
  let last: Position = { file, line: 1, column: 1 };

  const fail = (at: Position, problem: Problem): never => {
    throw new FleetError(problemAt(at, problem));
  };

  const here = (event: Exclude<Event, { type: 1 | 6 }>): Position => {
    const start = startOf(event);
    if (Number.isFinite(start)) last = positionOf(start);
    return last;
  };

  const counted = <Node extends YamlNode>(node: Node, weight: number): Weighed<Node> => {
    if (weight <= LIMITS.nodes) return { node, weight };
    return fail(node.at, {
      code: 'yaml.too-large',
      message: `aliases make this stand for more than ${LIMITS.nodes} values`,
      remedy: `Write the values out, or remove aliases (*name) from ${file}`,
    });
  };

  const tagOf = (event: { tagStart: number; tagEnd: number }): string =>
    event.tagStart === ABSENT ? '' : text.slice(event.tagStart, event.tagEnd);

  const remember = (event: { anchorStart: number; anchorEnd: number }, made: Weighed<YamlNode>): void => {
    if (event.anchorStart !== ABSENT) anchors.set(text.slice(event.anchorStart, event.anchorEnd), made);
  };

  const alias = (name: string, at: Position): Weighed<YamlNode> => {
    aliases += 1;
    if (aliases > LIMITS.aliases) {
      fail(at, {
        code: 'yaml.too-many-aliases',
        message: `there are more than ${LIMITS.aliases} aliases in this file`,
        remedy: `Put what they repeat into the vars of a group, or split ${file}`,
      });
    }
    const found = anchors.get(name);
    if (found !== undefined) return found;
    return fail(at, {
      code: 'yaml.unknown-alias',
      message: `*${name} stands for nothing: no finished value above has the anchor &${name}`,
      remedy: `Write &${name} before the value that *${name} repeats, or quote the text: '*${name}'`,
    });
  };

  /** What cannot be read is told, and stands for nothing. */
  const reported = <Made>(make: () => Made, instead: Made): Made => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      reading.report(error);
      return instead;
    }
  };

  const scalar = (event: ScalarEvent): Weighed<YamlScalar | YamlSecret> => {
    const at = here(event);
    const written = getScalarValue(text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    const nothing: YamlScalar = { kind: 'scalar', value: null, text: written, at };
    const read = (): YamlScalar | YamlSecret => readScalar({ reading, tag: tagOf(event), text: written, plain, at });
    return { node: reported(read, nothing), weight: 1 };
  };

  const shownOrHidden = (node: YamlNode): YamlNode =>
    reading.values === 'hidden' && node.kind === 'scalar' ? hide(node) : node;

  const nodes = (): Weighed<YamlNode>[] => {
    const found: Weighed<YamlNode>[] = [];
    for (let made = node(); made !== null; made = node()) found.push(made);
    return found;
  };

  const list = (at: Position): Weighed<YamlList> => {
    const items = nodes();
    const weight = items.reduce((sum, item) => sum + item.weight, 1);
    return counted({ kind: 'list', items: items.map((item) => shownOrHidden(item.node)), at }, weight);
  };

  const map = (at: Position): Weighed<YamlMap> => {
    const pairs: YamlEntry[] = [];
    let weight = 1;
    for (let key = node(); key !== null; key = node()) {
      const value = node();
      if (value === null) break;
      weight += key.weight + value.weight;
      if (key.node.kind === 'scalar') pairs.push({ key: key.node, value: shownOrHidden(value.node) });
      else {
        fail(key.node.at, {
          code: 'yaml.bad-key',
          message: `a key must be text, and this one is a ${key.node.kind}`,
          remedy: `Quote the key if it is meant as text (a key that begins with "{" or "[" is not)`,
        });
      }
    }
    return counted({ kind: 'map', entries: reported(() => mapOf(pairs, reading.report), []), at }, weight);
  };

  const collection = (event: CollectionEvent, at: Position): Weighed<YamlNode> => {
    const tag = tagOf(event);
    const isMap = event.type === EVENT_ID.MAPPING;
    reported(() => checkCollectionTag(reading.dialect, tag, isMap, at), undefined);
    const made = isMap ? map(at) : list(at);
    return tag === '!unsafe' ? { ...made, node: unsafe(made.node) } : made;
  };

  /** The next node, or `null` where the collection around it ends. */
  const node = (): Weighed<YamlNode> | null => {
    const event = events[cursor];
    cursor += 1;
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return null;
    const at = here(event);
    if (event.type === EVENT_ID.ALIAS) return alias(text.slice(event.anchorStart, event.anchorEnd), at);
    const made = event.type === EVENT_ID.SCALAR ? scalar(event) : collection(event, at);
    remember(event, made);
    return made;
  };

  if (events.length === 0) return null;
  cursor = 1;
  const root = node();
  if (events[cursor + 1] !== undefined) {
    fail(last, {
      code: 'yaml.more-documents',
      message: 'a second document (---) begins after this line, and only one can be read',
      remedy: `Move it into a file of its own, or remove the "---" line from ${file}`,
    });
  }
  return root === null ? null : root.node;
};
