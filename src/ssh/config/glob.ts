import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const magic = /[*?[]/;

/** One segment of a path as glob(7) has it. */
const segmentOf = (segment: string): RegExp => {
  const body = segment.replace(/\[(?:!|\^)?\]?[^\]]*\]|[\\^$.|?*+(){}[\]]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 2 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${part}`;
  });
  return new RegExp(`^${body}$`, 's');
};

const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The paths that an absolute pattern names, in the order of glob(3) with the C locale, as `Include` reads them: a leading
 * dot is matched by a dot alone.
 */
export const globPaths = (pattern: string): readonly string[] => {
  let found: readonly string[] = ['/'];
  for (const segment of pattern.split('/').filter((part) => part !== '')) {
    if (!magic.test(segment)) {
      found = found.map((path) => join(path, segment)).filter(exists);
      continue;
    }
    const expression = segmentOf(segment);
    const seen = (name: string): boolean => (segment.startsWith('.') || !name.startsWith('.')) && expression.test(name);
    found = found.flatMap((path) =>
      namesIn(path)
        .filter(seen)
        .map((name) => join(path, name)),
    );
  }
  return found.toSorted(bytes);
};
