import { type Step, step } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import type { Named } from './attributes.ts';
import { writtenFile } from './file.ts';
import { refuse } from './refuse.ts';

export interface UnitOptions extends Named {
  /** The text of the unit file. */
  readonly content: string;
  /** Writes a drop-in of this name, `10-limits.conf`, and leaves the unit to its package. */
  readonly dropIn?: string;
}

/** A unit file of the host's own in /etc/systemd/system, 0644, which the manager has read. Starting it is a `service` of its own. */
export const unit = (name: string, { content, dropIn, title = `unit ${name}` }: UnitOptions): Step => {
  if (!/^[\w@.:-]+\.(service|socket|timer|path|target|mount|slice)$/.test(name))
    throw refuse('unit', `${title}: "${name}" is no name of a unit.`, 'Write its ending, too: backup.timer');
  if (dropIn !== undefined && !/^[\w.-]+\.conf$/.test(dropIn))
    throw refuse('unit', `${title}: "${dropIn}" is no name of a drop-in.`, 'Write its ending, too: 10-limits.conf');
  const place = dropIn === undefined ? name : `${name}.d/${dropIn}`;
  const path = `/etc/systemd/system/${place}`;
  const file = writtenFile(title, path, content, { mode: '0644' });
  const [write] = file.ways;
  const reloaded = sh`
    case $(systemctl show -p NeedDaemonReload ${name}) in
      *=yes) echo 'manager=has not read it' ;;
      *) echo 'manager=has read it' ;;
    esac
  `;
  const withUnits = using(['op-files'], sh`systemctl daemon-reload`);
  return step(title, {
    read: sh`${file.read} && ${reloaded}`,
    want: `${file.want}\nmanager=has read it`,
    make: [sh`mkdir -p ${path.slice(0, path.lastIndexOf('/'))}`, write?.make ?? sh`:`, withUnits],
    undo: sh`${file.undo ?? sh`:`} && ${withUnits}`,
    writes: file.writes,
  });
};
