/** A banner is short; of what goes on for longer without the mark only the end is kept. */
const longest = 65_536;

/** Output of which only what comes after a mark counts. */
export interface Marked {
  readonly take: (chunk: Uint8Array) => void;
  /** Whether the mark has come. */
  readonly marked: () => boolean;
  /** What came before it, the end at least. */
  readonly before: () => string;
}

/** Hands on what comes after the mark, which may arrive in pieces. */
export const afterMark = (mark: string, handler: (chunk: Uint8Array) => void): Marked => {
  const wanted = Buffer.from(mark);
  let before = Buffer.alloc(0);
  let marked = false;
  return {
    take: (chunk) => {
      if (marked) {
        handler(chunk);
        return;
      }
      const all = Buffer.concat([before, chunk]);
      const at = all.indexOf(wanted);
      marked = at >= 0;
      before = marked ? all.subarray(0, at) : all.subarray(-longest);
      const rest = marked ? all.subarray(at + wanted.length) : Buffer.alloc(0);
      if (rest.length > 0) handler(rest);
    },
    marked: () => marked,
    before: () => before.toString('utf8'),
  };
};
