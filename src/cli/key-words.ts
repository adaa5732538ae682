import { foldHosts } from '../model/fold-hosts.ts';
import type { Look } from '../render/index.ts';
import type { KeyStanding, Scan, ScannedKey } from '../ssh/index.ts';

export type Scanned = Extract<Scan, { readonly keys: unknown }>;
export type Unscanned = Extract<Scan, { readonly problem: unknown }>;

export const isScanned = (scan: Scan): scan is Scanned => 'keys' in scan;
export const isUnscanned = (scan: Scan): scan is Unscanned => 'problem' in scan;

const toneOf = (standing: KeyStanding): 'good' | 'warn' | 'bad' => {
  switch (standing) {
    case 'same':
    case 'more':
      return 'good';
    case 'missing':
      return 'warn';
    case 'changed':
    case 'revoked':
      return 'bad';
  }
};

const beside = ({ standing, known }: ScannedKey): string => {
  switch (standing) {
    case 'missing':
    case 'more':
      return '';
    case 'same':
      return known === null ? '' : known.at;
    case 'changed':
      return known === null ? '' : `${known.at} has ${known.keyType} ${known.fingerprint}`;
    case 'revoked':
      return known === null ? '' : `in ${known.at}`;
  }
};

/** Keys as a table: machine, type, fingerprint, and what known_hosts says of it. */
export const keyTable = (scans: readonly Scanned[], look: Look): string => {
  const rows = scans.flatMap(({ settings, keys }) =>
    keys.map((key) => ({ name: settings.name, key, type: key.keyType.replace(/^ssh-|^ecdsa-sha2-/, '') })),
  );
  const width = (of: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => of(row).length));
  const [names, types] = [width(({ name }) => name), width(({ type }) => type)];
  return rows
    .map(({ name, key, type }) =>
      `${name.padEnd(names)}  ${type.padEnd(types)}  ${key.fingerprint.padEnd(50)}  ${look.paint(toneOf(key.standing), key.standing)} ${beside(key)}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
};

/** What kept machines from showing their keys, once for all with the same trouble. */
export const keyProblems = (scans: readonly Unscanned[], look: Look): string => {
  const alike = new Map<string, { readonly names: string[]; readonly scan: Unscanned }>();
  for (const scan of scans) {
    const { name } = scan.settings;
    const key = scan.problem.message.replaceAll(name, '‹host›');
    const before = alike.get(key);
    if (before === undefined) alike.set(key, { names: [name], scan });
    else before.names.push(name);
  }
  return [...alike.values()]
    .map(({ names, scan: { problem } }) => {
      const who = names.length > 1 ? ` (${foldHosts(names)})` : '';
      return `${look.paint('bad', 'no keys:')} ${problem.message}${who}\n  ${look.glyphs.arrow} ${problem.remedy}\n`;
    })
    .join('');
};

/** The same for programs: an object a machine. */
export const keyJson = (scan: Scan): string => {
  const { name, hostName, port, hostKeyName } = scan.settings;
  const where = { host: name, address: hostName, port, name: hostKeyName };
  return isScanned(scan)
    ? JSON.stringify({
        ...where,
        keys: scan.keys.map(({ keyType, fingerprint, standing, known }) => ({
          type: keyType,
          fingerprint,
          standing,
          known,
        })),
      })
    : JSON.stringify({ ...where, error: scan.problem.message, remedy: scan.problem.remedy });
};
