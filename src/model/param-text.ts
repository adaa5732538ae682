import type { Value } from './host.ts';

const longest = 80;

/** What was fetched or looked up before a playbook saw it is told as it was given. */
const asGiven = (value: Value): string | null => {
  const parts: ReadonlyMap<string, unknown> = new Map(
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  );
  const given = parts.get('given');
  return typeof given === 'string' ? given : null;
};

const valueText = (value: Value): string => {
  const given = asGiven(value);
  if (given !== null) return given;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'object' && text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
};

/**
 * A playbook's parameters, `NAME=VALUE` each, for a person to read. One that was left out, or is an empty text, is not told; a list of a
 * thousand hosts is told by its beginning (the journal has it whole).
 */
export const paramTexts = (params: Readonly<Record<string, Value>>): readonly string[] =>
  Object.entries(params).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${name}=${valueText(value)}`],
  );
