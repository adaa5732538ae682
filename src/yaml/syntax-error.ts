import type { YAMLException } from 'js-yaml';
import { FleetError } from '../model/error.ts';
import { problemAt } from './position.ts';

/** What to try for what people get wrong most; the parser says where, seldom why. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, 'Indent with spaces: tabs are not allowed in YAML'],
  [/bad indentation|deficient indentation/, 'Give all keys of one mapping the same indentation'],
  [
    /implicit key|mapping entry|block mapping/,
    'Write "key: value" with a space after the colon, and quote text that holds ": " or " #"',
  ],
  [/nesting exceeded|maxDepth/, 'Flatten the file: nothing in it needs to be that deep'],
  [/unexpected end|unclosed|flow collection/, 'Close every bracket and quote that is opened'],
];

/** The parser's error as ours: place, reason, the lines around it. */
export const syntaxError = (error: YAMLException, file: string): FleetError => {
  const at = { file, line: (error.mark?.line ?? 0) + 1, column: (error.mark?.column ?? 0) + 1 };
  const hint = HINTS.find(([reason]) => reason.test(error.reason))?.[1] ?? 'Correct the marked place';
  const snippet = error.mark?.snippet ?? '';
  const problem = problemAt(at, {
    code: 'yaml.syntax',
    message: error.reason,
    remedy: `${hint}; edit ${file}, line ${at.line}${snippet === '' ? '' : `:\n${snippet}`}`,
    facts: { snippet },
  });
  return new FleetError(problem, error);
};
