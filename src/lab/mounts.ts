import { readFile } from 'node:fs/promises';
import { tryRun } from './command.ts';

/** Mount points in /proc/self/mounts write blanks and backslashes as octal (fstab(5)). */
const readable = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Mount points below a directory, the innermost last, from the text of /proc/self/mounts. */
export const mountsUnder = (mounts: string, dir: string): readonly string[] =>
  mounts
    .split('\n')
    .map((line) => readable(line.split(' ')[1] ?? ''))
    .filter((point) => point === dir || point.startsWith(`${dir}/`));

/** Unmounts everything below a directory, innermost first; what is busy is detached and goes with its last user. */
export const unmountUnder = async (dir: string): Promise<void> => {
  for (const point of mountsUnder(await readFile('/proc/self/mounts', 'utf8'), dir).toReversed()) {
    const { code } = await tryRun(['umount', point], { limitMs: 60_000 });
    if (code !== 0) await tryRun(['umount', '--lazy', point], { limitMs: 60_000 });
  }
};
