import { describe, expect, it } from 'vitest';
import { hostsText, type ListedPlay, tagsText, tasksText } from '../../../src/cli/listing.ts';
import { paramsHelp } from '../../../src/cli/params-help.ts';
import { param, playbook } from '../../../src/playbook/index.ts';
import { createLook } from '../../../src/render/index.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const leaf = (titles: readonly string[], tags: readonly string[] = []) => ({ play: 'Swap', titles, tags });
const plays: readonly ListedPlay[] = [
  {
    title: 'Swap',
    pattern: 'hypervisors',
    hosts: new Map([
      ['hv01', [leaf(['swap', 'running'], ['a', 'b', 'a']), leaf(['alive'])]],
      ['hv02', [leaf(['swap', 'running'], ['a', 'b', 'a']), leaf(['alive'])]],
      ['hv03', []],
      ['hv04', null],
    ]),
  },
];

describe('what a run would be about', () => {
  it('is the hosts of each play', () => {
    expect(hostsText(plays, look)).toBe('Swap  hosts: hypervisors (4)\n  hv01\n  hv02\n  hv03\n  hv04\n');
  });

  it('is what each play goes through, as --only takes it, hosts alike together', () => {
    expect(tasksText(plays, look)).toBe(
      [
        'Swap  hosts: hypervisors (4)',
        '  hv[01-02] (2)',
        '    swap/running   [a, b]',
        '    alive',
        '  hv03 (1)',
        '    nothing',
        '  hv04 (1)',
        '    its facts could not be read',
        '',
      ].join('\n'),
    );
  });

  it('is the tags that there are', () => {
    expect(tagsText(plays, look)).toBe('Swap  hosts: hypervisors (4)\n  a, b\n');
  });
});

describe('the help of a playbook', () => {
  it('tells its parameters: what for, of which kind, and what they are unless said', () => {
    const book = playbook({
      title: 'Upgrade',
      params: {
        version: param.version('release to install'),
        pause: param.duration('between waves', { default: '0s' }),
        canary: param.string('who goes first', { default: '' }),
        run: param.run('an earlier run'),
      },
      plays: [],
    });
    expect(paramsHelp(book).split('\n').slice(1)).toEqual([
      '  version  release to install',
      '           version such as "3.5.0", in quotes; must be given',
      '  pause    between waves',
      '           duration such as 90s; 0s unless said',
      '  canary   who goes first',
      '           text; may be left out',
      '  run      an earlier run',
      expect.stringMatching(/may be left out$/),
    ]);
  });

  it('says so when there are none', () => {
    expect(paramsHelp(playbook({ title: 'P', params: {}, plays: [] }))).toBe('"P" has no parameters.');
  });
});
