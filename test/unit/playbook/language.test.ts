import { describe, expect, it } from 'vitest';
import { firstOf, inPhases, step, transaction, unchanged, verify } from '../../../src/playbook/index.ts';
import { sh, using } from '../../../src/shell/index.ts';
import { runShell, shells } from '../shell/support/shells.ts';

const made = (make: Parameters<typeof step>[1]['make']) => step('a', { read: sh`r`, want: 'w', make });

describe('a step', () => {
  it('says all that it leaves out', () => {
    expect(made(sh`m`)).toEqual({
      kind: 'step',
      title: 'a',
      tags: [],
      read: sh`r`,
      want: 'w',
      ways: [{ title: '', can: sh`:`, make: sh`m` }],
      phases: [],
      sends: [],
      brings: [],
      undo: null,
      withinMs: 0,
      limitMs: 3_600_000,
      rebootMs: null,
      logs: [],
      explains: [],
      writes: [],
      note: null,
    });
  });

  it('wants a record as the lines that reading prints, in their order', () => {
    const record = step('a', { read: sh`r`, want: { version: '3.5.0', build: 'a=b' }, make: sh`m` });
    expect(record.want).toBe('version=3.5.0\nbuild=a=b');
  });

  it('wants no newline at the end, since reading gives none', () => {
    expect(step('a', { read: sh`r`, want: 'active\n', make: sh`m` }).want).toBe('active');
    expect(verify('b', { read: sh`r`, want: '\na\n\n' }).want).toBe('\na');
  });

  it('sends files 0644, of any digest, unless told', () => {
    const sends = [{ from: { file: 'a.tar' }, remote: '/a.tar' }] as const;
    expect(step('a', { read: sh`r`, want: 'w', make: sh`m`, sends }).sends).toEqual([
      { from: { file: 'a.tar' }, remote: '/a.tar', mode: '0644', sha256: null },
    ]);
  });

  it('has the ways of firstOf, in their order', () => {
    const ways = [
      { title: 'modules_install', can: sh`test -d a`, make: sh`make modules_install` },
      { title: 'copy', can: sh`:`, make: sh`cp` },
    ];
    expect(made(firstOf(...ways)).ways).toEqual(ways);
  });

  it('names itself when its time to wait is no duration', () => {
    expect(() => step('daemons run', { read: sh`r`, want: 'w', make: sh`m`, within: 'soon' })).toThrow(
      'daemons run: "soon" is not a duration.',
    );
    expect(() => verify('answers', { read: sh`r`, want: 'w', within: '5' })).toThrow('answers: "5" is not a duration.');
    expect(() => transaction('swap', { confirm: '90s', deadline: '' })).toThrow('swap: "" is not a duration.');
  });

  it('with phases keeps them apart for a transaction, and calls the libraries of all', () => {
    const phases = [
      { title: 'stop', run: using(['unit'], sh`a`) },
      { title: 'start', run: using(['unit', 'ovs'], sh`b`) },
    ];
    const phased = made(inPhases(...phases));
    expect(phased.phases).toEqual(phases);
    expect(phased.ways[0]?.make.libraries).toEqual(['unit', 'ovs']);
  });
});

describe.each(shells)('several scripts that make one step, under $name', (shell) => {
  it.each<[string, readonly string[], number, string]>([
    ['run one after the other', ['echo a', 'echo b', 'echo c'], 0, 'a\nb\nc\n'],
    ['stop at the first that fails, and end as it did', ['echo a', '(exit 7)', 'echo c'], 7, 'a\n'],
    ['may be empty or comments', ['', '# nothing', 'echo c'], 0, 'c\n'],
  ])('%s', async (_, texts, code, printed) => {
    const scripts = texts.map((text) => ({ text, libraries: [] }));
    const ran = await runShell(shell, made(scripts).ways[0]?.make.text ?? '');
    expect([ran.code, ran.stdout.toString()]).toEqual([code, printed]);
  });
});

describe('a promise', () => {
  it('reads after a reboot as it reads without one, and saves nothing, unless told', () => {
    expect(unchanged('flows', { read: sh`r` })).toMatchObject({
      read: sh`r`,
      readAfterReboot: sh`r`,
      save: sh`:`,
      end: sh`:`,
    });
  });
});
