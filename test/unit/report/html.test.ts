import { describe, expect, it } from 'vitest';
import type { FleetEvent, Stamped } from '../../../src/model/event.ts';
import { foldReport, reportHtml, reportMarkdown } from '../../../src/report/index.ts';
import { hundreds } from '../../golden/streams/hundreds.ts';
import { check, streams, undoes } from '../../golden/streams/index.ts';
import { stamp } from '../../golden/streams/stamp.ts';
import { ended, playStarted, started, swapPlan } from '../../golden/streams/upgrade.ts';

const html = (events: readonly Stamped[]): string => reportHtml(foldReport(events));

/** Tags that are opened and not closed again, in the order of the text. */
const unbalanced = (text: string): readonly string[] => {
  const open: string[] = [];
  const empty = new Set(['meta', 'line', 'rect/']);
  for (const [, close, name = '', self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (close === '' && self === '' && !empty.has(name)) open.push(name);
    if (close !== '' && open.pop() !== name) return [`</${name}>`];
  }
  return open;
};

describe('the HTML report', () => {
  it.each(Object.entries(streams))('is well formed: %s', (_, events) => {
    expect(unbalanced(html(events))).toEqual([]);
  });

  it('is one file: no script, nothing fetched, and the page forbids both', () => {
    const text = html(undoes);
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bonclick=|https?:/i);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('says how the run ended, what went wrong, and what to type', () => {
    const text = html(undoes);
    for (const said of [
      'exit 3: paused: nothing new was started',
      '<code>ovsfleet resume 20260113-010000-vnd0',
      'swap undid itself in phase restore: 3 of 412 flows are missing on br-int',
      'undo: database restored from backup',
      'failure budget spent by <span class="names">hv03</span>',
      'Above the limit: <span class="names">hv04</span>',
    ]) {
      expect(text).toContain(said);
    }
  });

  it('opens what needs to be read, and folds hosts with the same story', () => {
    const stories = [
      ...html(undoes).matchAll(/<details id="story-\d+"( open)?>\s*<summary><span class="names">([^<]+)/g),
    ];
    expect(stories.map(([, open, names]) => [names, open !== undefined])).toEqual([
      ['hv[01-02]', false],
      ['hv03', true],
      ['hv04', false],
      ['hv[05-08]', false],
    ]);
  });

  it('draws each host that was at work, with its phases, its undoing and its lost link', () => {
    const text = html(undoes);
    const row = text.split('\n').find((line) => line.includes('>hv03</text>')) ?? '';
    expect([...row.matchAll(/<rect class="([a-z0-9]+)"/g)].map(([, style]) => style)).toEqual([
      'work',
      'phase0',
      'phase1',
      'phase2',
      'phase3',
      'phase4',
      'phase5',
      'undoing',
      'lost',
    ]);
    expect(row).toContain('<title>undoing: 29s</title>');
    expect(text.match(/<text class="/g)).toHaveLength(4);
  });

  it('tells of a check what would change', () => {
    const text = html(check);
    expect(text).toContain('check: no host was changed');
    expect(text).toContain('release 3.1.0 → 3.5.0, build found → a1f3c2d4, schema 8.3.1 → 8.8.0');
    expect(text).not.toContain('<svg');
  });

  it('stays below a megabyte with two hundred hosts', () => {
    expect(html(hundreds).length).toBeLessThan(1_000_000);
  });
});

describe('what a hostile host says', () => {
  const evil = `</pre><script>alert("1")</script><img src=x onerror='alert(2)'>`;
  const on = { play: 0, host: 'hv01', step: `step ${evil}` } as const;
  const change = { key: `k${evil}`, before: evil, after: `"${evil}"` };
  const problem = { code: 'x', message: `hv01: ${evil}`, remedy: `\`${evil}\``, facts: {} };
  const failed: FleetEvent = {
    ...on,
    type: 'step.finished',
    outcome: 'failed',
    changes: [change],
    way: { title: evil, because: evil },
    message: evil,
    ms: 1,
  };
  const transaction = { play: 0, host: 'hv01', transaction: 't' } as const;
  const events = stamp('r', [
    [0, started(['hv01'], { plays: [evil], title: evil, params: { name: evil }, limit: evil })],
    [1, playStarted(0, [['hv01']], { title: evil })],
    [2, { type: 'host.planned', play: 0, plan: swapPlan('hv01') }],
    [3, { type: 'host.started', play: 0, host: 'hv01' }],
    [4, { ...on, type: 'step.started' }],
    [5, { ...on, type: 'step.output', text: `\u001b[31m${evil}\u0007\n\`\`\`\`\n# heading` }],
    [6, failed],
    [7, { ...transaction, type: 'transaction.sent', title: evil, phases: [evil] }],
    [8, { ...transaction, type: 'transaction.phase', index: 1, phase: evil, hostTime: 5 }],
    [9, { ...transaction, type: 'transaction.state', index: 2, state: 'undoing', hostTime: 9, reason: evil }],
    [10, { ...transaction, type: 'transaction.log', text: evil }],
    [11, { type: 'link.lost', host: 'hv01', reason: evil }],
    [12, { type: 'warning', host: 'hv01', problem }],
    [13, ended(0, 'hv01', 'failed', 10, problem)],
  ]);

  it('is text in HTML, never markup', () => {
    const text = html(events);
    expect(text).not.toMatch(/<script|<img|<\/pre><|onerror='/);
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(unbalanced(text)).toEqual([]);
  });

  it('brings no control characters into any form', () => {
    for (const text of [html(events), reportMarkdown(foldReport(events))]) {
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    }
  });

  it('is no markup in Markdown either: outside of code it is escaped, and it cannot end its fence', () => {
    const text = reportMarkdown(foldReport(events));
    const outside = text.replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replaceAll(/(`+) ?[^\n]*? ?\1/g, '');
    expect(outside).not.toMatch(/<(script|img|\/pre)/);
    expect(text).toContain('`````text\n</pre><script>');
  });
});
