import { describe, expect, test } from 'vitest';
import { FleetError } from '../../../src/model/error.ts';
import { parseInventoryYaml, parseYaml } from '../../../src/yaml/index.ts';

const failure = (parse: () => unknown): FleetError => {
  try {
    parse();
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('a plain scalar of an inventory is read as Ansible reads it', () => {
  test.each([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['n', 'n'],
    ['010', 8],
    ['0b101', 5],
    ['0x1F', 31],
    ['1_000', 1000],
    ['01:30', '01:30'],
    ['52:54:00:ab:34:56', '52:54:00:ab:34:56'],
    ["'52:54:00:12:34:56'", '52:54:00:12:34:56'],
    ['-12', -12],
    ['+7', 7],
    ['09', '09'],
    ['1.5', 1.5],
    ['1e3', '1e3'],
    ['1.5e+3', 1500],
    ['2.17.12', '2.17.12'],
    ['2.17', 2.17],
    ['2026-11-22', '2026-11-22'],
    ['-.inf', Number.NEGATIVE_INFINITY],
    ['~', null],
    ['Null', null],
    ["'yes'", 'yes'],
    ['"010"', '010'],
    ['!!str 010', '010'],
    ['!!int "12"', 12],
    ['!unsafe "{{ x }}"', '{{ x }}'],
    ['!unsafe 12', '12'],
  ])('%s is %j', (written, value) => {
    expect(parseInventoryYaml(`k: ${written}\n`, 'f.yaml').value).toEqual({ k: value });
  });
});

describe('a plain scalar of our own files is read as YAML 1.2 says', () => {
  test.each([
    ['yes', 'yes'],
    ['on', 'on'],
    ['True', true],
    ['010', 10],
    ['0o17', 15],
    ['0x1f', 31],
    ['1:30', '1:30'],
    ['1e3', 1000],
    ['.5', 0.5],
    ['2026-11-22', '2026-11-22'],
    ['', null],
  ])('%s is %j', (written, value) => {
    expect(parseYaml(`k: ${written}\n`, 'f.yaml').value).toEqual({ k: value });
  });
});

describe('merge keys', () => {
  test.each([
    ['an own key wins wherever << stands', 'a: &a {x: 1, y: 2}\nb: {x: 9, <<: *a}', { x: 9, y: 2 }],
    ['an earlier source wins over a later one', 'a: &a {x: 1}\nc: &c {x: 2, z: 3}\nb: {<<: [*a, *c]}', { x: 1, z: 3 }],
    ['a merge carries what was merged before', 'a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c}', { x: 1, y: 2 }],
  ])('%s', (_name, text, b) => {
    expect(parseYaml(text, 'f.yaml').value).toMatchObject({ b });
    expect(parseInventoryYaml(text, 'f.yaml').value).toMatchObject({ b });
  });
});

describe('what cannot be read is refused with its place', () => {
  test.each([
    ['a tab', 'a: b\n\tc: d\n', 'yaml.syntax', '2:1'],
    ['an open bracket', 'a: [1, 2\n', 'yaml.syntax', '2:1'],
    ['a key given twice', 'a: 1\nb: 2\na: 3\n', 'yaml.duplicate-key', '3:1'],
    ['an encrypted value', 'a:\n  b: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n', 'yaml.vault', '2:6'],
    ['a tag of another tool', 'a: !Ref x\n', 'yaml.unknown-tag', '1:4'],
    ['a set', 'a: !!set {x}\n', 'yaml.unknown-tag', '1:4'],
    ['a list as a key', '? [a]\n: b\n', 'yaml.bad-key', '1:3'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'yaml.more-documents', '1:4'],
    ['an alias without an anchor', 'a: *b\n', 'yaml.unknown-alias', '1:4'],
    ['an alias inside its own anchor', 'a: &a\n  b: *a\n', 'yaml.unknown-alias', '2:6'],
    ['<< of a text', 'a: {<<: b}\n', 'yaml.bad-merge', '1:9'],
    ['a number that would lose digits', 'dpid: 12345678901234567890\n', 'yaml.number-too-large', '1:7'],
    ['a MAC address that would be a number in base 60', 'mac: 52:54:00:12:34:56\n', 'yaml.base-60', '1:6'],
    ['nesting without end', `${'['.repeat(200)}`, 'yaml.syntax', '1:64'],
  ])('%s', (_name, text, code, place) => {
    const error = failure(() => parseInventoryYaml(text, 'f.yaml'));
    expect([error.code, error.message.split(': ')[0]]).toEqual([code, `f.yaml:${place}`]);
    expect(error.remedy).not.toBe('');
  });

  test('a small file that stands for millions of values', () => {
    const lines = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    const error = failure(() => parseInventoryYaml(`a0: &a0 x\n${lines.join('\n')}\n`, 'f.yaml'));
    expect(error.code).toBe('yaml.too-large');
  });

  test('more aliases than anyone writes', () => {
    const error = failure(() => parseYaml(`a: &a 1\nb: [${'*a, '.repeat(1001)}]\n`, 'f.yaml'));
    expect(error.code).toBe('yaml.too-many-aliases');
  });

  test('the error shows the lines around the place', () => {
    const error = failure(() => parseInventoryYaml('all:\n  hosts:\n\thv01:\n', 'site.yaml'));
    expect(error.message).toBe('site.yaml:3:1: tab characters must not be used in indentation');
    expect(error.remedy).toContain('Indent with spaces');
    expect(error.remedy).toContain(' 3 | ');
    expect(error.facts).toMatchObject({ file: 'site.yaml', line: 3, column: 1 });
  });
});

describe('the place of a path', () => {
  const document = parseYaml('# note\nall:\n  hosts:\n    "hv01":\n      ports: [1, x]\n    hv02:\n', 'f.yaml');
  test.each([
    [[], 2, 1],
    [['all', 'hosts'], 3, 3],
    [['all', 'hosts', 'hv01'], 4, 5],
    [['all', 'hosts', 'hv01', 'ports', 1], 5, 18],
    [['all', 'hosts', 'hv02'], 6, 5],
    [['all', 'nowhere', 'below'], 2, 1],
  ])('%j is at %i:%i', (path, line, column) => {
    expect(document.position(path)).toEqual({ file: 'f.yaml', line, column });
  });
});

test('a file of comments alone is empty, and says so', () => {
  expect(parseYaml('# nothing\n', 'f.yaml')).toMatchObject({ root: null, value: null });
});

test('a key named __proto__ is an ordinary key', () => {
  expect(Object.keys(Object(parseYaml('__proto__: {a: 1}\n', 'f.yaml').value))).toEqual(['__proto__']);
});

test('a carriage return does not shift the places that follow', () => {
  expect(parseYaml('a: 1\r\nb: 2\r\n', 'f.yaml').position(['b'])).toMatchObject({ line: 2, column: 1 });
});
