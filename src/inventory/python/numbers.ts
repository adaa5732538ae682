interface NumberLiteral {
  readonly value: number;
  /** As written, without blanks between sign and digits. */
  readonly text: string;
  readonly end: number;
  /** What it is, when it is no number of JSON. */
  readonly odd?: string;
}

const DIGITS = '[0-9](?:_?[0-9])*';
const EXPONENT = `[eE][-+]?${DIGITS}`;
const FLOAT = `(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.)(?:${EXPONENT})?|${DIGITS}${EXPONENT}`;
const INTEGER = '0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?[0-9])*|0(?:_?0)*';
const NUMBER = new RegExp(
  `(?<sign>[-+]?)[ \\t\\f]*(?:(?<float>${FLOAT})|(?<imaginary>${DIGITS}(?=[jJ]))|(?<integer>${INTEGER}))(?<complex>[jJ]?)(?![\\w.])`,
  'y',
);
const COMPLEX_SUM = new RegExp(`[ \\t]*[-+][ \\t]*(?:${FLOAT}|${DIGITS})[jJ]`, 'y');

/** A number of Python at `index`, with its sign (https://docs.python.org/3/reference/lexical_analysis.html#numeric-literals). */
export const numberAt = (source: string, index: number): NumberLiteral | undefined => {
  NUMBER.lastIndex = index;
  const match = NUMBER.exec(source);
  if (match?.groups === undefined) return undefined;
  const { sign = '', float, integer, complex } = match.groups;
  const end = index + match[0].length;
  COMPLEX_SUM.lastIndex = end;
  const sum = COMPLEX_SUM.exec(source);
  const digits = (float ?? integer ?? '').replaceAll('_', '');
  const magnitude = Number(digits);
  const complexEnd = end + (sum?.[0].length ?? 0);
  if (complex !== '' || sum !== null) return { value: 0, text: '', end: complexEnd, odd: 'a complex number' };
  if (integer !== undefined && !Number.isSafeInteger(magnitude)) {
    return { value: 0, text: '', end, odd: 'a number with more digits than are kept' };
  }
  if (!Number.isFinite(magnitude)) return { value: 0, text: '', end, odd: 'a number without end' };
  // Adding 0 makes the integer -0 what it is in Python: 0.
  const value = sign === '-' ? -magnitude : magnitude;
  return { value: integer === undefined ? value : value + 0, text: `${sign}${digits}`, end };
};
