import { readFileSync } from 'node:fs';
import { openSecret } from '../../../../src/model/secret.ts';
import type { Step } from '../../../../src/playbook/index.ts';
import { applyBatch, frameReader, type LibrarySource, probeBatch } from '../../../../src/shell/index.ts';
import { functionText, libraryText } from '../../../../src/shell/script.ts';
import type { FakeMachine } from '../../../../src/testing/fake-machine.ts';
import { lockOf, nonce } from '../../shell/support/sandbox.ts';
import type { Shell } from '../../shell/support/shells.ts';

export const libraries: LibrarySource = (name) =>
  readFileSync(new URL(`../../../../templates/host/${name}.sh`, import.meta.url), 'utf8');

/** What became of one step of a batch: the outcome with what was said, and all that it printed. */
export interface Told {
  readonly was: string;
  /** `ok`, `changed …`, `failed …`, `unproven …`, `read …`, `error …`; empty when its turn did not come. */
  readonly ended: string;
  readonly output: string;
}

const asBatch = (step: Step) => ({
  read: step.read,
  want: step.want,
  ways: step.ways,
  withinSeconds: 0,
  limitSeconds: 60,
});

/** Feeds a program to a shell of a machine, and gives all that it printed. */
const fed = async (machine: FakeMachine, shell: Shell, program: string): Promise<Buffer> => {
  const child = machine.spawn(shell.argv);
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => out.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(program);
  await new Promise((resolve) => child.on('close', resolve));
  return Buffer.concat(out);
};

const told = (output: Buffer, steps: readonly Step[]): readonly Told[] => {
  const by = steps.map(() => ({ was: '', ended: '', output: '' }));
  let at = -1;
  const reader = frameReader(nonce, (part) => {
    if (part.part === 'output') {
      const one = by[at];
      if (one !== undefined) one.output += part.text;
      return;
    }
    const one = by[part.index];
    if (one === undefined) return;
    if (part.kind === 'start') at = part.index;
    else if (part.kind === 'was') one.was = part.text;
    else if (['ok', 'changed', 'failed', 'unproven', 'late', 'read', 'error', 'unknown'].includes(part.kind))
      one.ended = `${part.kind} ${part.text}`.trimEnd();
  });
  reader.feed(output);
  reader.end();
  return by;
};

/** Makes steps true, one after the other, as a run does. */
export const apply = async (machine: FakeMachine, shell: Shell, steps: readonly Step[]): Promise<readonly Told[]> =>
  told(
    await fed(
      machine,
      shell,
      applyBatch(steps.map(asBatch), {
        nonce,
        libraries,
        lock: lockOf('run-1'),
        open: (secret) => String(openSecret(secret)),
      }),
    ),
    steps,
  );

/** Reads steps, as a plan does. */
export const probe = async (machine: FakeMachine, shell: Shell, steps: readonly Step[]): Promise<readonly Told[]> =>
  told(await fed(machine, shell, probeBatch(steps.map(asBatch), { nonce, libraries })), steps);

/**
 * What each step reads after it was made and undone, with a directory for what a transaction keeps; those without an undo
 * are left out.
 */
export const undone = async (
  machine: FakeMachine,
  shell: Shell,
  steps: readonly Step[],
): Promise<readonly string[]> => {
  const undoable = steps.filter(({ undo }) => undo !== null);
  const lines = undoable.flatMap(({ ways, undo, read }, index) => [
    functionText(`make_${index}`, ways[0]?.make ?? read),
    functionText(`undo_${index}`, undo ?? read),
    functionText(`read_${index}`, read),
    `TX=/tmp/tx-${index}; export TX; mkdir -p "$TX"; echo running >"$TX/state"`,
    `(make_${index}) </dev/null >/dev/null 2>&1; (undo_${index}) </dev/null || echo 'the undo failed'`,
    `printf '%s\\n@@@\\n' "$(read_${index} </dev/null)"`,
  ]);
  const scripts = undoable.flatMap(({ read, ways, undo }) => [
    read,
    ...ways.map(({ make }) => make),
    ...(undo === null ? [] : [undo]),
  ]);
  const output = await fed(
    machine,
    shell,
    ['LC_ALL=C; export LC_ALL', libraryText(scripts, libraries), ...lines, ''].join('\n'),
  );
  return output.toString('utf8').split('\n@@@\n').slice(0, -1);
};
