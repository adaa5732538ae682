import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FleetError } from '../model/error.ts';
import { excerpt, type Place, shownPath, shownPlace } from './load-excerpt.ts';

interface TypeMistake {
  readonly place: Place;
  /** `TS2322` */
  readonly code: string;
  readonly message: string;
}

/** So many are told; the rest are mostly their consequences. */
const told = 3;
const line = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;

/**
 * The errors in what tsc prints with `--pretty false`. Lines that begin with a blank explain the error above them.
 * @param directory that the printed paths start from
 */
export const typeMistakes = (printed: string, directory: string): readonly TypeMistake[] => {
  const mistakes: TypeMistake[] = [];
  for (const text of printed.split('\n')) {
    const [, file, row, column, code, message] = line.exec(text) ?? [];
    const last = mistakes.at(-1);
    if (file !== undefined && code !== undefined && message !== undefined) {
      const place = { file: resolve(directory, file), line: Number(row), column: Number(column) };
      mistakes.push({ place, code, message });
    } else if (last !== undefined && /^\s+\S/.test(text)) {
      mistakes.splice(-1, 1, { ...last, message: `${last.message}\n  ${text.trimEnd()}` });
    }
  }
  return mistakes;
};

const require = createRequire(import.meta.url);

const installed = (name: string): string | null => {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
};

const compiler = (playbook: string): string => {
  const directory = installed('typescript7');
  if (directory !== null) return join(directory, 'bin', 'tsc');
  throw new FleetError({
    code: 'playbook.no-compiler',
    message: `${shownPath(playbook)} cannot be type-checked: package typescript7 is not installed beside ovsfleet.`,
    remedy: 'Install ovsfleet with all its packages (npm ci), or pass --no-type-check.',
  });
};

/** As loading sees it: imports of any style, with or without an extension, and no package.json needed. */
const configuration = (playbook: string, types: Readonly<Record<string, string>>) => {
  const node = installed('@types/node');
  return {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'es2023',
      lib: ['es2023'],
      module: 'esnext',
      moduleResolution: 'bundler',
      moduleDetection: 'force',
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      ...(node === null ? { types: [] } : { types: ['node'], typeRoots: [dirname(node)] }),
      paths: Object.fromEntries(Object.entries(types).map(([name, file]) => [name, [file]])),
    },
    files: [playbook],
  };
};

/** Runs tsc by the node that runs us, and gives what it printed. */
const runCompiler = (
  tsc: string,
  project: string,
  directory: string,
): Promise<{ code: number | null; printed: string }> =>
  new Promise((done, failed) => {
    const child = fork(tsc, ['-p', project, '--pretty', 'false'], {
      cwd: directory,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', failed);
    child.on('close', (code) => done({ code, printed: Buffer.concat(chunks).toString('utf8') }));
  });

const mistakeText = ({ place, code, message }: TypeMistake): string =>
  `\n  ${shownPlace(place)} ${message} (${code})${excerpt(place)}`;

/**
 * Checks the types of a playbook and of what it imports. Throws `playbook.types`, which tells the first mistakes, or
 * `playbook.no-compiler`.
 * @param types the files that say the types of modules that playbooks import by name
 */
export const checkTypes = async (playbook: string, types: Readonly<Record<string, string>>): Promise<void> => {
  const tsc = compiler(playbook);
  const directory = await mkdtemp(join(tmpdir(), 'ovsfleet-types-'));
  try {
    const project = join(directory, 'tsconfig.json');
    await writeFile(project, JSON.stringify(configuration(playbook, types)));
    const { code, printed } = await runCompiler(tsc, project, directory);
    if (code === 0) return;
    const own = Object.values(types).map((file) => `${dirname(file)}/`);
    const all = typeMistakes(printed, directory);
    // What is wrong in our own sources, as may be in a checkout, is no mistake of the playbook.
    const mistakes = all.filter(({ place }) => !own.some((room) => place.file.startsWith(room)));
    if (all.length > 0 && mistakes.length === 0) return;
    const more = mistakes.length > told ? `\n  and ${mistakes.length - told} more` : '';
    const text = mistakes.length === 0 ? `\n${printed.trim()}` : mistakes.slice(0, told).map(mistakeText).join('');
    throw new FleetError({
      code: 'playbook.types',
      message: `${shownPath(playbook)} does not type-check:${text}${more}`,
      remedy: 'Correct it, or pass --no-type-check to run it as it is.',
      facts: { mistakes: mistakes.length },
    });
  } finally {
    await rm(directory, { recursive: true });
  }
};
