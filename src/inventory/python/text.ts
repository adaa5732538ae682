import { isNumber, numberText, type YamlNode } from '../../yaml/index.ts';

const ESCAPED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll(/[\n\r\t\\]|[\x00-\x1f\x7f-\xa0\xad]/g, (letter) => {
    return ESCAPED[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
};

/** `repr()` of a value, as it stands inside a list. */
const inside = (node: YamlNode): string =>
  node.kind === 'scalar' && typeof node.value === 'string' ? quoted(node.value) : pythonText(node);

/** `str()` of a value; secrets stay hidden. */
export const pythonText = (node: YamlNode): string => {
  switch (node.kind) {
    case 'secret':
      return node.secret.toString();
    case 'list':
      return `[${node.items.map(inside).join(', ')}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${inside(key)}: ${inside(value)}`).join(', ')}}`;
    case 'scalar':
      if (isNumber(node)) return numberText(node);
      if (node.value === null) return 'None';
      if (typeof node.value === 'boolean') return node.value ? 'True' : 'False';
      return String(node.value);
  }
};
