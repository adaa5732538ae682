import { FleetError } from '../model/error.ts';

interface Place {
  readonly line: number;
  readonly column: number;
}

const SYNTAX = /^Parse error on line (\d+):\n(.*)\n(-*)\^\n(.*)$/s;

/**
 * The parser shows the text before the error without line breaks, with a caret below and no column: the column is where
 * the line's own text ends in it.
 */
const columnOf = (line: string, before: string): number => {
  for (let column = line.length; column > 0; column -= 1) {
    const written = line.slice(Math.max(0, column - before.length), column);
    if (before.endsWith(written)) return column + 1;
  }
  return 1;
};

const syntaxPlace = (template: string, [, line = '1', shown = '', dashes = '']: RegExpExecArray): Place => {
  const before = shown.slice(0, dashes.length).replace(/^\.\.\./, '');
  return { line: Number(line), column: columnOf(template.split('\n')[Number(line) - 1] ?? '', before) };
};

const numbered = (error: Error): Place | undefined => {
  if (!('lineNumber' in error && 'column' in error)) return undefined;
  if (typeof error.lineNumber !== 'number' || typeof error.column !== 'number') return undefined;
  return { line: error.lineNumber, column: error.column + 1 };
};

const failure = (name: string, place: Place | undefined, syntax: boolean, reason: string, cause: unknown): FleetError =>
  new FleetError(
    {
      code: syntax ? 'template.syntax' : 'template.failed',
      message: `${[name, ...(place === undefined ? [] : [place.line, place.column])].join(':')}: ${reason}`,
      remedy: place === undefined ? `Edit ${name}` : `Edit ${name}, line ${place.line}`,
      facts: { file: name, ...place },
    },
    cause,
  );

/** What Handlebars throws, as one sentence with the template's name, line and column (both from 1). */
export const templateError = (error: unknown, template: string, name: string): FleetError => {
  if (!(error instanceof Error)) return failure(name, undefined, false, String(error), error);
  const syntax = SYNTAX.exec(error.message);
  if (syntax !== null) {
    const found = /got '([^']*)'$/.exec(syntax[4] ?? '')?.[1] ?? 'this';
    const reason = `${found === 'EOF' ? 'the end of the template' : found} does not belong here`;
    return failure(name, syntaxPlace(template, syntax), true, reason, error);
  }
  const missing = /^"(.*)" not defined in /.exec(error.message)?.[1];
  const reason = missing === undefined ? error.message.replace(/ - \d+:\d+$/, '') : `the data has no "${missing}"`;
  const mismatch = / doesn't match /.test(error.message);
  return failure(name, numbered(error), mismatch, reason, error);
};
