import type { Mode } from './attributes.ts';

/**
 * Where a new line or block goes: behind or before the last line that matches (a POSIX extended regular expression), at
 * the file's end when none does.
 */
export type Place =
  | { readonly after?: string; readonly before?: never }
  | { readonly before?: string; readonly after?: never };

/** What of a file is edited that may not be there yet. */
export interface Created {
  /** Makes a file that is not there, with this mode; without it that is an error. */
  readonly create?: Mode;
}

/** `after EOF` unless said. */
export const placeWords = ({ after, before }: Place): readonly string[] =>
  before === undefined ? ['after', after ?? 'EOF'] : ['before', before];
