import { describe, expect, test } from 'vitest';
import { debianMirror, parseListFile, parseSourcesFile, sourcesFor } from '../../../src/lab/apt-source.ts';

const archive = { uri: 'http://mirror.example/debian', suites: ['bookworm'], components: ['main'] };

describe('one-line sources', () => {
  test.each([
    ['plain', 'deb http://mirror.example/debian bookworm main', [archive]],
    ['with a comment behind', 'deb http://mirror.example/debian bookworm main # ours', [archive]],
    [
      'with a keyring',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian bookworm main contrib',
      [{ ...archive, components: ['main', 'contrib'], signedBy: '/usr/share/keyrings/k.gpg' }],
    ],
    ['commented out', '# deb http://mirror.example/debian bookworm main', []],
    ['sources only', 'deb-src http://mirror.example/debian bookworm main', []],
  ])('%s', (_, text, sources) => {
    expect(parseListFile(text)).toEqual(sources);
  });
});

describe('deb822 sources', () => {
  const stanza = 'Types: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n';
  test.each([
    ['plain', stanza, [archive]],
    ['with comments between', stanza.replace('Suites', '# a comment\nSuites'), [archive]],
    ['disabled', `Enabled: no\n${stanza}`, []],
    ['sources only', stanza.replace('deb deb-src', 'deb-src'), []],
    [
      'with a keyring',
      `${stanza}Signed-By: /usr/share/keyrings/k.gpg\n`,
      [{ ...archive, signedBy: '/usr/share/keyrings/k.gpg' }],
    ],
    ['with a key inside, which cannot be passed on', `${stanza}Signed-By:\n -----BEGIN PGP\n .\n abc\n`, [archive]],
    [
      'two suites and two mirrors over several lines',
      'Types: deb\nURIs: http://a.example/debian\n http://b.example/debian\nSuites: bookworm bookworm-updates\nComponents: main',
      ['a', 'b'].map((name) => ({
        uri: `http://${name}.example/debian`,
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main'],
      })),
    ],
    ['two stanzas', `${stanza}\n${stanza}`, [archive, archive]],
  ])('%s', (_, text, sources) => {
    expect(parseSourcesFile(text)).toEqual(sources);
  });
});

describe("the machine's Debian mirror", () => {
  const other = { uri: 'https://vendor.example/apt', suites: ['nodistro'], components: ['main'] };
  const security = {
    uri: 'http://mirror.example/debian-security',
    suites: ['bookworm-security'],
    components: ['main'],
  };

  test("is told from vendors' sources", () => {
    expect(debianMirror([other, archive, security])).toEqual({ archive, security });
  });

  test('is missing where no source is Debian’s', () => {
    expect(debianMirror([other])).toBeUndefined();
  });

  test('serves another suite under the same keys', () => {
    expect(sourcesFor({ archive: { ...archive, signedBy: '/k.gpg' }, security }, 'trixie')).toEqual([
      'deb [signed-by=/k.gpg] http://mirror.example/debian trixie main',
      'deb http://mirror.example/debian-security trixie-security main',
    ]);
  });
});
