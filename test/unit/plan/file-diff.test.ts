import { describe, expect, it } from 'vitest';
import { fileDiff } from '../../../src/plan/file-diff.ts';
import { withDiffs } from '../../../src/plan/index.ts';

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
