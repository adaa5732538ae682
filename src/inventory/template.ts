import { didYouMean, nearest } from '../model/nearest.ts';
import { openSecret, Secret } from '../model/secret.ts';
import { isNumber, numberText, type Position, type YamlNode, type YamlScalar } from '../yaml/index.ts';
import type { Vars } from './draft.ts';
import { pythonOrJson } from './python/literal.ts';
import { pythonText } from './python/text.ts';
import { Unsupported } from './python/unsupported.ts';
import { refuse } from './refuse.ts';

/** What templates of one host can refer to. */
export interface TemplateScope {
  /** What errors call the host. */
  readonly host: string;
  readonly vars: Vars;
  /** Ansible's own variables (`inventory_hostname`, …), which win. */
  readonly own: ReadonlyMap<string, YamlNode>;
}

type Piece = { readonly text: string } | { readonly path: readonly string[]; readonly written: string };

const MARK = /\{\{|\{%|\{#/;
const PIECE = /\{\{([^{}]*)\}\}|\{\{|\{%|\{#/g;
const PATH = /^\s*([A-Za-z_]\w*(?:\.\w+)*)\s*$/;
/** What Ansible hands on with its type. */
const SINGLE = /^\{\{\s*(\w+)\s*\}\}\n?$/;

/** Words of Jinja that look like names. */
const WORDS = new Set([
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'omit',
  'not',
  'and',
  'or',
  'in',
  'is',
  'if',
  'else',
  'lookup',
  'query',
  'self',
  'loop',
  'range',
  'dict',
  'namespace',
]);
/** In Jinja `a.items` is the method of a dictionary, whatever keys it has. */
const METHODS = new Set([
  'clear',
  'copy',
  'fromkeys',
  'get',
  'items',
  'keys',
  'pop',
  'popitem',
  'setdefault',
  'update',
  'values',
  'ansible_pos',
]);

const EXAMPLE =
  'Only {{ name }} and {{ name.key }} are known here: write the value out, or tag it !unsafe if it is text';

/** Whether there is a template in a value; what is `!unsafe` or came out of a vault is none. */
export const isTemplate = (node: YamlNode): boolean => {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.unsafe !== true && MARK.test(node.value);
    case 'secret':
      return false;
    case 'list':
      return node.items.some(isTemplate);
    case 'map':
      return node.entries.some(({ value }) => isTemplate(value));
  }
};

const piecesOf = (text: string, at: Position): readonly Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const [written, expression] = match;
    const [, path = ''] = PATH.exec(expression ?? '') ?? [];
    const [first = ''] = path.split('.');
    if (path === '' || WORDS.has(first)) {
      const what = expression === undefined ? text.slice(match.index, match.index + 40) : written;
      refuse(at, 'template', `"${what}" is Jinja that is not supported`, EXAMPLE);
    }
    pieces.push({ text: text.slice(end, match.index) }, { path: path.split('.'), written });
    end = match.index + written.length;
  }
  return [...pieces, { text: text.slice(end) }].filter((piece) => !('text' in piece) || piece.text !== '');
};

/** Ansible reads a result that looks like data as data. */
const asData = (text: string, at: Position): YamlNode => {
  const plain: YamlScalar = { kind: 'scalar', value: text, text, at };
  if (!/^[[{]/.test(text) && text !== 'True' && text !== 'False') return plain;
  try {
    return pythonOrJson(text, at) ?? plain;
  } catch (error) {
    if (error instanceof Unsupported) return refuse(at, 'template', `"${text}" holds ${error.message}`, EXAMPLE);
    throw error;
  }
};

/**
 * The variables of a host with the templates of some put in place: `{{ name }}` and `{{ name.key.0 }}`, alone or within
 * text, as Ansible evaluates them. Throws `inventory.template` with its place for any other Jinja, for names that are
 * not there, and for variables that refer to themselves; `attempt` catches it, one variable at a time.
 */
export const withTemplates = (
  scope: TemplateScope,
  names: Iterable<string>,
  attempt: (evaluate: () => YamlNode) => YamlNode | undefined,
): Vars => {
  const done = new Map<string, YamlNode>();
  const active: string[] = [];

  const variable = (name: string, at: Position): YamlNode => {
    const own = scope.own.get(name);
    if (own !== undefined) return own;
    const entry = scope.vars.get(name);
    if (entry === undefined) {
      const meant = didYouMean(nearest(name, scope.vars.keys()));
      const fact = name.startsWith('ansible_') ? ' (what Ansible finds out about hosts is not known here)' : '';
      return refuse(
        at,
        'template',
        `host ${scope.host} has no variable ${name}${fact}.${meant}`,
        `Define ${name} for host ${scope.host}, or write the value out`,
      );
    }
    const known = done.get(name);
    if (known !== undefined) return known;
    if (active.includes(name)) {
      const way = [...active.slice(active.indexOf(name)), name].join(' → ');
      return refuse(
        at,
        'template',
        `host ${scope.host}: ${name} refers to itself: ${way}`,
        'Write one of the values out',
      );
    }
    active.push(name);
    try {
      const made = evaluate(entry.value);
      done.set(name, made);
      return made;
    } finally {
      active.pop();
    }
  };

  const step = (node: YamlNode, key: string, at: Position, written: string): YamlNode => {
    const missing = (names: readonly string[]): never =>
      refuse(
        at,
        'template',
        `host ${scope.host}: ${written} leads nowhere: there is no ${key}.${didYouMean(nearest(key, names))}`,
        EXAMPLE,
      );
    if (node.kind === 'list') return (/^\d+$/.test(key) ? node.items[Number(key)] : undefined) ?? missing([]);
    if (node.kind !== 'map') return missing([]);
    if (METHODS.has(key))
      return refuse(at, 'template', `${written}: .${key} is a method in Jinja, and no key`, EXAMPLE);
    const found = node.entries.find((entry) => entry.key.text === key);
    return found?.value ?? missing(node.entries.map((entry) => entry.key.text));
  };

  const follow = ([first = '', ...rest]: readonly string[], at: Position, written: string): YamlNode =>
    rest.reduce((node, key) => step(node, key, at, written), variable(first, at));

  /** What stands in a text for a value. */
  const textOf = (node: YamlNode, at: Position, written: string): string => {
    if (node.kind === 'secret') return String(openSecret(node.secret));
    if (node.kind !== 'scalar')
      return refuse(at, 'template', `${written} is a ${node.kind}, and cannot stand within text`, EXAMPLE);
    if (isNumber(node)) return numberText(node);
    return node.value === null ? '' : pythonText(node);
  };

  const evaluateText = (node: YamlScalar, text: string): YamlNode => {
    const { at } = node;
    const pieces = piecesOf(text, at);
    const values = pieces.map((piece) => ('text' in piece ? piece.text : follow(piece.path, at, piece.written)));
    const [single] = values;
    if (typeof single === 'object') {
      const [, name = ''] = SINGLE.exec(text) ?? [];
      const raw = scope.own.get(name) ?? scope.vars.get(name)?.value;
      if (raw?.kind === 'scalar' && typeof raw.value !== 'string') return { ...single, at };
      if (pieces.length === 1 && single.kind !== 'scalar') return { ...single, at };
    }
    const written = (index: number): string => {
      const piece = pieces[index];
      return piece !== undefined && 'path' in piece ? piece.written : '';
    };
    const join = (): string =>
      values.map((value, index) => (typeof value === 'string' ? value : textOf(value, at, written(index)))).join('');
    const isSecret = values.some((value) => typeof value === 'object' && value.kind === 'secret');
    return isSecret ? { kind: 'secret', secret: new Secret(join), cipher: null, at } : asData(join(), at);
  };

  const evaluate = (node: YamlNode): YamlNode => {
    if (!isTemplate(node)) return node;
    switch (node.kind) {
      case 'scalar':
        return typeof node.value === 'string' ? evaluateText(node, node.value) : node;
      case 'secret':
        return node;
      case 'list':
        return { ...node, items: node.items.map(evaluate) };
      case 'map':
        return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: evaluate(value) })) };
    }
  };

  const resolved = new Map(scope.vars);
  for (const name of names) {
    const entry = scope.vars.get(name);
    if (entry === undefined || !isTemplate(entry.value)) continue;
    const value = attempt(() => variable(name, entry.value.at));
    if (value !== undefined) resolved.set(name, { key: entry.key, value });
  }
  return resolved;
};
