import { type LocalFile, localDigest, type Step, step } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { carried } from './copy.ts';
import { refuse } from './refuse.ts';
import { sha256Of, withTransfer } from './transfer.ts';

/** An archive of the controller, or one that lies on the host. */
export type ArchiveSource =
  | { readonly from: LocalFile; readonly on?: never; readonly sha256?: never }
  | { readonly on: string; readonly sha256: string; readonly from?: never };

export type ArchiveOptions = ArchiveSource &
  Named & {
    /** How many directories to take off the names in a tar. */
    readonly strip?: number;
  };

const formats = [
  [/\.(tar\.gz|tgz)$/, 'gz'],
  [/\.(tar\.bz2|tbz2)$/, 'bz2'],
  [/\.(tar\.xz|txz)$/, 'xz'],
  [/\.tar$/, 'tar'],
  [/\.zip$/, 'zip'],
] as const;

const formatOf = (name: string, title: string): string => {
  const found = formats.find(([pattern]) => pattern.test(name));
  if (found !== undefined) return found[1];
  throw refuse(
    'archive',
    `${title}: "${name}" is no archive by its name.`,
    'Known are .tar, .tar.gz, .tar.bz2, .tar.xz and .zip.',
  );
};

/**
 * An archive was unpacked in a directory of the host: this very one, by its digest, which is noted there in
 * `.ovsfleet-unpacked`. Files of another one before it stay where they are unless this one has them too.
 */
export const archive = (into: string, options: ArchiveOptions): Step => {
  const { title = `archive in ${into}`, strip = 0 } = options;
  const local = options.from === undefined ? null : localDigest(options.from);
  const source =
    local === null
      ? { sha256: sha256Of(options.sha256 ?? '', title), name: options.on ?? '', remote: options.on ?? '' }
      : { sha256: local.sha256, name: local.path, remote: carried(local.sha256) };
  const format = formatOf(source.name, title);
  if (format === 'zip' && strip > 0)
    throw refuse('archive', `${title}: unzip takes no directories off names.`, 'Leave strip out, or pack a tar.');
  const unpack = sh`op_unpack ${format} ${source.remote} ${source.sha256} ${into} ${strip}`;
  return step(title, {
    ...(local === null
      ? {}
      : { sends: [{ from: { file: local.path }, remote: source.remote, mode: '0600', sha256: source.sha256 }] }),
    read: withTransfer(sh`op_unpacked ${absolute(into, title)}`),
    want: source.sha256,
    make: withTransfer(local === null ? unpack : sh`${unpack} && rm -f ${source.remote}`),
  });
};
