import { type Step, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import { absolute, type Named } from './attributes.ts';
import { type Created, type Place, placeWords } from './place.ts';
import { refuse } from './refuse.ts';

const withLines = (script: Script): Script => using(['op-files', 'op-lines'], script);

interface Marked extends Named {
  /** Tells blocks of one file apart. */
  readonly name?: string;
  /** A whole line that holds `{mark}`, for BEGIN and END; `# {mark} ANSIBLE MANAGED BLOCK` takes over a block of Ansible. */
  readonly marker?: string;
}

export type BlockOptions = Marked & Created & Place & { readonly block: string };

const markersOf = ({ name = 'block', marker = `# {mark} managed by ovsfleet: ${name}` }: Marked, title: string) => {
  if (!marker.includes('{mark}') || marker.includes('\n'))
    throw refuse('marker', `${title}: the marker is one line that holds {mark}.`, "Write: marker: '# {mark} NAME'");
  return [marker.replaceAll('{mark}', 'BEGIN'), marker.replaceAll('{mark}', 'END')] as const;
};

/** A file holds these lines between two markers, where they are or inserted. The same as Ansible's blockinfile. */
export const block = (path: string, options: BlockOptions): Step => {
  const { create = '', title = `block of ${path}: ${options.name ?? 'block'}` } = options;
  const text = options.block.replace(/\n*$/, '\n');
  const [begin, end] = markersOf(options, title);
  if (text.split('\n').some((row) => row === begin || row === end))
    throw refuse(
      'marker',
      `${title}: the block holds a line that is one of its markers.`,
      'Give it a marker of its own.',
    );
  return step(title, {
    read: withLines(sh`op_block ${absolute(path, title)} ${begin} ${end}`),
    want: text,
    make: withLines(
      sh`op_keep "$(op_real ${path})" && op_put_block ${path} ${begin} ${end} ${text} ${placeWords(options)} ${create}`,
    ),
    undo: withLines(sh`op_put_back "$(op_real ${path})"`),
  });
};

/** A file has no block between these markers. */
export const noBlock = (path: string, options: Marked = {}): Step => {
  const { title = `no block of ${path}: ${options.name ?? 'block'}` } = options;
  const [begin, end] = markersOf(options, title);
  return step(title, {
    read: withLines(sh`op_block ${absolute(path, title)} ${begin} ${end} | sed '1s/^no file$/absent/'`),
    want: 'absent',
    make: withLines(sh`op_keep "$(op_real ${path})" && op_take_block ${path} ${begin} ${end}`),
    undo: withLines(sh`op_put_back "$(op_real ${path})"`),
  });
};
