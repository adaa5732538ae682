import { type LocalFile, localDigest, type Step, step } from '../playbook/index.ts';
import { type Script, sh } from '../shell/index.ts';
import { carried } from './copy.ts';
import { refuse } from './refuse.ts';

/** How to see that there is nothing to do: one of these. Without it every run would do it again, and no plan could say what. */
export type Until =
  /** A path that is there when it is done. */
  | { readonly creates: string; readonly removes?: never; readonly unless?: never }
  /** A path that is gone when it is done. */
  | { readonly removes: string; readonly creates?: never; readonly unless?: never }
  /** A script that ends with 0 when it is done; it only reads. */
  | { readonly unless: Script; readonly creates?: never; readonly removes?: never };

interface How {
  /** The directory that it runs in; the login's own unless said. */
  readonly in?: string;
  /** Puts back what it did, exactly; then it may stand in a transaction. */
  readonly undo?: Script;
  /** How long it may take, `2h`; an hour unless said. */
  readonly limit?: string;
}

export type CommandOptions = Until & How & { readonly run: Script | readonly string[] };

const doneWhen = (until: Until): { readonly read: Script; readonly want: string } => {
  if (until.creates !== undefined)
    return { read: sh`if [ -e ${until.creates} ]; then echo there; else echo absent; fi`, want: 'there' };
  if (until.removes !== undefined)
    return { read: sh`if [ -e ${until.removes} ]; then echo there; else echo absent; fi`, want: 'absent' };
  return { read: sh`if (${until.unless}) >/dev/null 2>&1; then echo done; else echo 'not done'; fi`, want: 'done' };
};

const how = ({ undo, limit }: How) => ({
  ...(undo === undefined ? {} : { undo }),
  ...(limit === undefined ? {} : { limit }),
});

const into = ({ in: place }: How): Script => (place === undefined ? sh`:` : sh`cd ${place}`);

/** Runs a command, or a script of several, unless what it should lead to is there; and fails when it is not there afterwards. */
export const command = (title: string, options: CommandOptions): Step => {
  const { run } = options;
  if ('length' in run && run.length === 0)
    throw refuse('command', `${title}: there is no command to run.`, "Write: run: ['systemctl', 'daemon-reload']");
  return step(title, {
    ...doneWhen(options),
    make: [into(options), 'length' in run ? sh`${run}` : run],
    ...how(options),
  });
};

export type ScriptOptions = Until &
  Omit<How, 'undo'> & {
    /** A program of the controller that the host can run, by its first line. */
    readonly from: LocalFile;
    readonly args?: readonly string[];
  };

/** Sends a program of the controller and runs it, unless what it should lead to is there. */
export const script = (title: string, options: ScriptOptions): Step => {
  const { path, sha256 } = localDigest(options.from);
  const remote = carried(sha256);
  return step(title, {
    ...doneWhen(options),
    sends: [{ from: { file: path }, remote, mode: '0700', sha256 }],
    make: [into(options), sh`${remote} ${options.args ?? []}`, sh`rm -f ${remote}`],
    ...how(options),
  });
};
