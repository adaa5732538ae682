import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FileDiff, PlannedNode } from '../model/plan.ts';
import type { Reading } from '../model/plan-document.ts';
import type { Node, Writes } from '../playbook/index.ts';
import { type Script, sh } from '../shell/index.ts';
import type { Readings } from './forecast.ts';

/** Larger files are not shown: nobody reads such a difference. */
export const shownBytes = 65_536;

/** Reads a file of the controller; `null` when it is larger than `shownBytes`. Rejects with a `FleetError`. */
export type LocalFile = (file: string) => Promise<Uint8Array | null>;

interface PutFile extends Writes {
  readonly step: string;
}

/** The files that steps put on a host. What is only carried there for a file that they write is not one of them. */
const filesIn = (nodes: readonly Node[]): readonly PutFile[] =>
  nodes.flatMap((node): readonly PutFile[] => {
    if (node.kind !== 'step') return 'nodes' in node ? filesIn(node.nodes) : [];
    const { title: step, writes, sends } = node;
    if (writes.length > 0) return writes.map((written) => ({ ...written, step }));
    return sends.flatMap(({ from, remote, mode }) => ('file' in from ? [{ remote, mode, content: from, step }] : []));
  });

/** `null` when it is larger than `shownBytes`. */
const contentOf = async (content: Writes['content'], localFile: LocalFile): Promise<Uint8Array | null> => {
  if ('file' in content) return localFile(content.file);
  const bytes = new TextEncoder().encode(content.text);
  return bytes.length > shownBytes ? null : bytes;
};

const keyOf = (remote: string): string => `file: ${remote}`;

const readOf = (remote: string): Script => sh`
  if [ ! -e ${remote} ]; then
    echo absent
  elif [ ! -f ${remote} ] || [ ! -r ${remote} ]; then
    echo unreadable
  elif case $(stat -c %a ${remote}) in *00) true ;; *) false ;; esac then
    echo private
  elif [ "$(($(wc -c <${remote})))" -gt ${shownBytes} ]; then
    echo large
  else
    echo content && base64 <${remote}
  fi
`;

/** What must be read of a host to show what the files that are sent to it would change. */
export const fileReads = (nodes: readonly Node[]): ReadonlyMap<string, Script> =>
  new Map(filesIn(nodes).map(({ remote }) => [keyOf(remote), readOf(remote)]));

/** `null` when it is not text. */
const asText = (bytes: Uint8Array): string | null => {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

const patchOf = (file: string, before: string, after: string): FileDiff => ({
  file,
  is: 'text',
  patch: createTwoFilesPatch(file, file, before, after, 'on the host', 'as planned', {
    headerOptions: FILE_HEADERS_ONLY,
  }),
});

const ownersOnly = /00$/;

/** What sending a file would change on the host; `null` for nothing. */
export const fileDiff = (
  { remote, mode }: Pick<Writes, 'remote' | 'mode'>,
  reading: Reading | undefined,
  local: Uint8Array | null,
): FileDiff | null => {
  const hidden = (because: string): FileDiff => ({ file: remote, is: 'hidden', because });
  if (ownersOnly.test(mode)) return hidden('only its owner may read it');
  if (reading?.is !== 'value') return hidden('what the host has could not be read');
  const [word = '', ...lines] = reading.text.split('\n');
  if (word === 'private') return hidden('only its owner may read it');
  if (word === 'unreadable') return hidden('what the host has is no file that can be read');
  if (word === 'large' || local === null) return hidden('it is larger than 64 KiB');
  const before = word === 'absent' ? '' : asText(Buffer.from(lines.join(''), 'base64'));
  const after = asText(local);
  if (before === null || after === null) return hidden('it is binary');
  return before === after && word !== 'absent' ? null : patchOf(remote, before, after);
};

/** The diffs of all files that a tree sends, by the titles of their steps. */
export const fileDiffs = async (
  nodes: readonly Node[],
  readings: Readings,
  localFile: LocalFile,
): Promise<ReadonlyMap<string, readonly FileDiff[]>> => {
  const diffs = new Map<string, readonly FileDiff[]>();
  for (const sent of filesIn(nodes)) {
    const diff = fileDiff(sent, readings.get(keyOf(sent.remote)), await contentOf(sent.content, localFile));
    if (diff !== null) diffs.set(sent.step, [...(diffs.get(sent.step) ?? []), diff]);
  }
  return diffs;
};

/** Texts of several lines that a step changes as a whole. */
const textDiffs = (node: Extract<PlannedNode, { readonly kind: 'step' }>): readonly FileDiff[] =>
  node.forecast.is !== 'change'
    ? []
    : node.forecast.changes
        .filter(({ key, before, after }) => key === '' && `${before}${after}`.includes('\n'))
        .map(({ before, after }) => patchOf(node.title, `${before}\n`, `${after}\n`));

/** A forecast with what its steps would change in files and in texts of several lines. */
export const withDiffs = (
  planned: readonly PlannedNode[],
  files: ReadonlyMap<string, readonly FileDiff[]>,
): readonly PlannedNode[] =>
  planned.map((node): PlannedNode => {
    if (node.kind !== 'step') return { ...node, children: withDiffs(node.children, files) };
    if (node.forecast.is === 'satisfied' || node.forecast.is === 'check') return node;
    const diffs = [...textDiffs(node), ...(files.get(node.title) ?? [])];
    return diffs.length === 0 ? node : { ...node, diffs };
  });
