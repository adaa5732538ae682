/** One place that apt takes packages from, whatever the notation (sources.list(5)). */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of the keyring that signs it; absent when apt's trusted keys do. */
  readonly signedBy?: string;
}

/** Where Debian's own packages come from on this machine. */
export interface DebianMirror {
  readonly archive: AptSource;
  readonly security?: AptSource;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const keyring = (value: string | undefined): { readonly signedBy?: string } =>
  // An inline key block starts with an empty line or BEGIN: only paths can be passed on.
  value?.startsWith('/') ? { signedBy: value.split(/[\s,]/)[0] ?? value } : {};

/** Parses the one-line notation: `deb [signed-by=/k.gpg arch=amd64] URI SUITE COMPONENT…`. Lines that it can't read are skipped. */
export const parseListFile = (text: string): readonly AptSource[] =>
  text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = words(options)
      .find((option) => option.startsWith('signed-by='))
      ?.slice('signed-by='.length);
    return [{ uri, suites: [suite], components: words(components), ...keyring(signedBy) }];
  });

const parseStanza = (stanza: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (field !== null) {
      name = (field[1] ?? '').toLowerCase();
      fields.set(name, (field[2] ?? '').trim());
    } else if (/^\s/.test(line)) {
      fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`.trim());
    }
  }
  return fields;
};

/** Parses the deb822 notation of `*.sources` files. Disabled stanzas and those without `Types: deb` are left out. */
export const parseSourcesFile = (text: string): readonly AptSource[] =>
  text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = parseStanza(stanza);
    if (!words(fields.get('types') ?? '').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    const suites = words(fields.get('suites') ?? '');
    const components = words(fields.get('components') ?? '');
    return words(fields.get('uris') ?? '').map((uri) => ({
      uri,
      suites,
      components,
      ...keyring(fields.get('signed-by')),
    }));
  });

const DEBIAN_SUITES: readonly string[] = [
  'bullseye',
  'bookworm',
  'trixie',
  'forky',
  'sid',
  'oldstable',
  'stable',
  'testing',
];

/** Finds Debian's archive (and its security archive) among the sources; `undefined` when no source is Debian's. */
export const debianMirror = (sources: readonly AptSource[]): DebianMirror | undefined => {
  const main = sources.filter((source) => source.components.includes('main'));
  const archive = main.find((source) => source.suites.some((suite) => DEBIAN_SUITES.includes(suite)));
  if (archive === undefined) return undefined;
  const security = main.find((source) => source.suites.some((suite) => suite.endsWith('-security')));
  return security === undefined ? { archive } : { archive, security };
};

const listLine = (source: AptSource, suite: string): string =>
  `deb ${source.signedBy === undefined ? '' : `[signed-by=${source.signedBy}] `}${source.uri} ${suite} main`;

/** The sources.list lines for a suite, with its security fixes when the machine knows where they are. */
export const sourcesFor = (mirror: DebianMirror, suite: string): readonly string[] => [
  listLine(mirror.archive, suite),
  ...(mirror.security === undefined ? [] : [listLine(mirror.security, `${suite}-security`)]),
];
