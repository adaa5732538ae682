import { describe, expect, test } from 'vitest';
import { FleetError } from '../../../src/model/error.ts';
import { render } from '../../../src/template/index.ts';

const failure = (template: string, data: Record<string, unknown> = {}): FleetError => {
  try {
    render(template, data, { name: 'page.hbs', escape: 'none' });
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('values are put into the text', () => {
  test.each([
    ['a name', 'on {{host}}\n', { host: 'hv01' }, 'on hv01\n'],
    ['a list', '{{#each hosts}}{{this}} {{/each}}', { hosts: ['hv01', 'hv02'] }, 'hv01 hv02 '],
    ['two numbers side by side are not added up', '{{a}}{{b}}', { a: 1, b: 2 }, '12'],
    ['nor inside a block', '{{#each xs}}{{@index}}{{this}};{{/each}}', { xs: [5, 6] }, '05;16;'],
    ['zero and false are printed', '{{a}} {{b}}', { a: 0, b: false }, '0 false'],
    ['#if asks whether something is there', '{{#if note}}x{{else}}no note{{/if}}', {}, 'no note'],
    ['lines that hold only a block tag vanish', '{{#if a}}\nx\n{{/if}}\ny\n', { a: true }, 'x\ny\n'],
  ])('%s', (_name, template, data, text) => {
    expect(render(template, data, { name: 't', escape: 'none' })).toBe(text);
  });

  test('HTML is made harmless in html, and left alone elsewhere', () => {
    const data = { x: `<b a="1">&'` };
    expect(render('{{x}}', data, { name: 't', escape: 'html' })).toBe('&lt;b a&#x3D;&quot;1&quot;&gt;&amp;&#x27;');
    expect(render('{{x}}', data, { name: 't', escape: 'none' })).toBe(data.x);
  });

  test('a helper gets the values after its name, and its text is escaped', () => {
    const helpers = {
      upper: (text: unknown) => String(text).toUpperCase(),
      same: (...values: unknown[]) => values.length === 2 && values[0] === values[1],
    };
    const text = '{{upper x}}{{#if (same x "a<")}} yes{{/if}}';
    expect(render(text, { x: 'a<' }, { name: 't', escape: 'html', helpers })).toBe('A&lt; yes');
  });

  test('a helper of one template is not known to the next', () => {
    render('{{shout}}', {}, { name: 't', escape: 'none', helpers: { shout: () => 'x' } });
    expect(failure('{{shout}}').message).toBe('page.hbs:1:3: the data has no "shout"');
  });
});

describe('what cannot be rendered is refused with its place', () => {
  test.each([
    ['a name that the data lacks', 'a\n {{host.nmae}}', { host: {} }, 'template.failed', '2:4: the data has no "nmae"'],
    ['something under what is not there', '{{a.b.c}}', { a: {} }, 'template.failed', '1:3: the data has no "c"'],
    ['an inherited property', '{{constructor}}', {}, 'template.failed', '1:3: the data has no "constructor"'],
    ['a helper nobody gave', 'x {{up "a"}}', {}, 'template.failed', '1:5: the data has no "up"'],
    ['a block closed by another name', '\n{{#each a}}\n{{/if}}', {}, 'template.syntax', "2:4: each doesn't match if"],
    ['an open tag', 'ab\ncd {{', {}, 'template.syntax', '2:6: the end of the template does not belong here'],
    ['a block without a condition', 'x {{#if}}y{{/if}}', {}, 'template.failed', '#if requires exactly one argument'],
  ])('%s', (_name, template, data, code, message) => {
    const error = failure(template, data);
    expect([error.code, error.message.replace(/^page\.hbs: ?/, '')]).toEqual([code, message]);
    expect(error.remedy).toContain('Edit page.hbs');
  });

  test('a list that is not there is no empty list', () => {
    expect(failure('{{#each hots}}x{{/each}}', { hosts: [] }).message).toContain('#each');
  });

  test('a syntax tree in place of a template is never run', () => {
    const tree: string = JSON.parse('{"type":"Program","body":[]}');
    expect(failure(tree).code).toBe('template.not-text');
  });
});
