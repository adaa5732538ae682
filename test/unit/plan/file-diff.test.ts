import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileDiff } from '../../../src/plan/file-diff.ts';
import { fileDiffs, fileReads, withDiffs } from '../../../src/plan/index.ts';
import { step } from '../../../src/playbook/index.ts';
import { sh } from '../../../src/shell/index.ts';
import { runShell, shells } from '../shell/support/shells.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const content = (text: string) => ({ is: 'value', text: `content\n${Buffer.from(text).toString('base64')}` }) as const;

const diffOf = (mode: string, reading: Parameters<typeof fileDiff>[1], local: Uint8Array | null): string => {
  const diff = fileDiff({ remote: '/etc/a.conf', mode }, reading, local);
  if (diff === null) return 'nothing';
  return diff.is === 'text' ? diff.patch : diff.because;
};

describe('what sending a file would change', () => {
  it('is a unified diff of texts', () => {
    expect(diffOf('0644', content('a\nb\nc\n'), bytes('a\nB\nc\n'))).toBe(
      [
        '--- /etc/a.conf\ton the host',
        '+++ /etc/a.conf\tas planned',
        '@@ -1,3 +1,3 @@',
        ' a',
        '-b',
        '+B',
        ' c',
        '',
      ].join('\n'),
    );
  });

  it('is all of it when the host has none', () => {
    expect(diffOf('0644', { is: 'value', text: 'absent' }, bytes('a\n'))).toContain('@@ -0,0 +1,1 @@\n+a\n');
  });

  it.each<[string, string, Parameters<typeof fileDiff>[1], Uint8Array | null, string]>([
    ['nothing, when the host has it', '0644', content('a\n'), bytes('a\n'), 'nothing'],
    ['not shown when it is binary here', '0644', content('a\n'), Uint8Array.of(1, 0, 2), 'it is binary'],
    ['not shown when it is no UTF-8', '0644', content('a\n'), Uint8Array.of(0xff, 0xfe), 'it is binary'],
    [
      'not shown when it is binary there',
      '0644',
      { is: 'value', text: `content\n${Buffer.from([0, 1]).toString('base64')}` },
      bytes('a'),
      'it is binary',
    ],
    ['not shown when it is large here', '0644', content('a\n'), null, 'it is larger than 64 KiB'],
    [
      'not shown when it is large there',
      '0644',
      { is: 'value', text: 'large' },
      bytes('a'),
      'it is larger than 64 KiB',
    ],
    ['not shown when it is for its owner alone', '0600', content('a\n'), bytes('b\n'), 'only its owner may read it'],
    [
      'not shown when it is for its owner alone there',
      '0644',
      { is: 'value', text: 'private' },
      bytes('b\n'),
      'only its owner may read it',
    ],
    [
      'not shown when what is there is a directory',
      '0644',
      { is: 'value', text: 'unreadable' },
      bytes('b\n'),
      'what the host has is no file that can be read',
    ],
    ['not shown when nothing was read', '0644', undefined, bytes('b\n'), 'what the host has could not be read'],
  ])('is %s', (_, mode, reading, local, says) => {
    expect(diffOf(mode, reading, local)).toBe(says);
  });
});

describe('a file that a step writes by itself', () => {
  const written = step('a.conf', {
    read: sh`sha256sum /etc/a.conf`,
    want: 'b',
    make: sh`cp /var/cache/b /etc/a.conf`,
    sends: [{ from: { file: 'b' }, remote: '/var/cache/b' }],
    writes: [{ remote: '/etc/a.conf', mode: '0644', content: { text: 'new\n' } }],
  });

  it('is the one that is shown, and not what was carried there for it', async () => {
    const reads = fileReads([written]);
    expect([...reads.keys()]).toEqual(['file: /etc/a.conf']);
    const diffs = await fileDiffs([written], new Map([['file: /etc/a.conf', content('old\n')]]), async () => null);
    expect(JSON.stringify(diffs.get('a.conf'))).toContain('-old\\n+new\\n');
  });

  it.each(shells)('is read under $name unless only its owner may, or there is none', async (shell) => {
    const directory = await mkdtemp(join(tmpdir(), 'file-diff-'));
    const file = join(directory, "it's a.conf");
    const [read] = fileReads([
      step('a', {
        read: sh`a`,
        want: 'b',
        make: sh`c`,
        writes: [{ remote: file, mode: '0644', content: { text: '' } }],
      }),
    ]).values();
    const said = async (): Promise<string> => (await runShell(shell, `${read?.text ?? ''}\n`)).stdout.toString();
    expect(await said()).toBe('absent\n');
    await writeFile(file, 'x');
    await chmod(file, 0o640);
    expect(await said()).toBe('content\neA==\n');
    await chmod(file, 0o600);
    expect(await said()).toBe('private\n');
    await rm(directory, { recursive: true });
  });
});

describe('a text of several lines that a step changes', () => {
  it('is shown as a diff, wherever in the tree it stands', () => {
    const changes = [{ key: '', before: 'a\nb', after: 'a\nc' }];
    const step = { kind: 'step', title: 'text', forecast: { is: 'change', changes } } as const;
    const [group] = withDiffs([{ kind: 'group', title: 'g', pending: true, children: [step] }], new Map());
    expect(group).toMatchObject({ children: [{ diffs: [{ is: 'text', file: 'text' }] }] });
    expect(JSON.stringify(group)).toContain('@@ -1,2 +1,2 @@\\n a\\n-b\\n+c\\n');
  });

  it('of one line is not', () => {
    const changes = [{ key: '', before: 'a', after: 'b' }];
    const step = { kind: 'step', title: 'text', forecast: { is: 'change', changes } } as const;
    expect(withDiffs([step], new Map())).toEqual([step]);
  });
});
