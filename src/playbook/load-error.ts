import { fileURLToPath } from 'node:url';
import { FleetError } from '../model/error.ts';
import { excerpt, shownPath, shownPlace } from './load-excerpt.ts';

/** jiti's words for a file that does not parse: the reason, the file, its line from 1, its column from 0. */
const parseError = /ParseError: (.+?)\s*\n\s*(\S.*):(\d+):(\d+)$/s;
const missingModule = /^Cannot find module '(.+?)'/;
const frame = /^\s*at (?:(?:async )?(.*?) \()?((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/;

/** Our own files, and those of packages, say nothing to the author of a playbook. */
const ownRoom = fileURLToPath(new URL('..', import.meta.url));
const isPlaybooks = ({ file }: Frame): boolean => !file.startsWith(ownRoom) && !file.includes('/node_modules/');

interface Frame {
  readonly of: string;
  readonly file: string;
  readonly line: string;
}

/**
 * The frames of a stack that lie in the playbook or in what it imports: none after the last of the loader's, where ours
 * begin. Columns are left out, being those of transformed code.
 */
const framesOf = (error: Error): readonly Frame[] => {
  const frames = (error.stack ?? '').split('\n').flatMap((text) => {
    const [, of = '', file = '', line = ''] = frame.exec(text) ?? [];
    return file === '' ? [] : [{ of, file: file.startsWith('file:') ? fileURLToPath(file) : file, line }];
  });
  const loader = frames.findLastIndex(({ file }) => file.includes('/node_modules/jiti/'));
  return frames.slice(0, loader < 0 ? frames.length : loader).filter(isPlaybooks);
};

const frameText = ({ of, file, line }: Frame): string =>
  `\n    at ${of === '' ? '' : `${of}, `}${shownPath(file)}:${line}`;

/** `(0 , _ovsfleet.step)` stands in transformed code for an imported `step`. */
const untransformed = (message: string): string => message.replace(/\(0 ?, \w+\.(\w+)\)/g, '$1');

const importedFrom = (error: Error): string => {
  const stack: unknown = 'requireStack' in error ? error.requireStack : [];
  const [first]: readonly unknown[] = Array.isArray(stack) ? stack : [];
  return typeof first === 'string' ? first : '';
};

const missingImport = (playbook: string, name: string, error: Error): FleetError => {
  const from = importedFrom(error);
  const isFile = /^[./]/.test(name);
  return new FleetError(
    {
      code: 'playbook.import',
      message: `${shownPath(from === '' ? playbook : from)} imports "${name}", which ${isFile ? 'is not there' : 'is not installed'}.`,
      remedy: isFile
        ? 'Correct the path in the import.'
        : `Run \`npm install ${name}\` in the playbook's directory. What playbooks themselves are written with is imported from 'ovsfleet'.`,
    },
    error,
  );
};

/** What a user reads when a playbook could not be loaded. */
export const loadProblem = (playbook: string, error: unknown): FleetError => {
  if (error instanceof FleetError) return error;
  if (!(error instanceof Error)) {
    return new FleetError({
      code: 'playbook.throws',
      message: `${shownPath(playbook)} threw ${JSON.stringify(error)} while it was loaded.`,
      remedy: 'Throw an Error instead: it tells where.',
    });
  }
  const [, reason, file, line, column] = parseError.exec(error.message) ?? [];
  if (reason !== undefined && file !== undefined) {
    const place = { file, line: Number(line), column: Number(column) + 1 };
    return new FleetError(
      {
        code: 'playbook.syntax',
        message: `${shownPlace(place)} does not parse: ${reason}${excerpt(place)}`,
        remedy: `Correct line ${line} of ${shownPath(file)}.`,
      },
      error,
    );
  }
  const [, name] = missingModule.exec(error.message) ?? [];
  if (name !== undefined) return missingImport(playbook, name, error);
  const frames = framesOf(error);
  const [first] = frames;
  return new FleetError(
    {
      code: 'playbook.throws',
      message: `${shownPath(playbook)} could not be loaded: ${error.name}: ${untransformed(error.message)}${frames.slice(0, 5).map(frameText).join('')}`,
      remedy:
        first === undefined
          ? 'Correct the playbook.'
          : `Correct line ${first.line} of ${shownPath(first.file)}, or what calls it.`,
    },
    error,
  );
};
