/** No text that is looked for is shorter: by its beginning of this length it is found. */
export const headLength = 4;

/** Texts that are looked for, all at once: what it costs does not grow with how many they are. */
export interface FoundTexts {
  add(text: string): void;
  /** Where any of them stands: from, to. Where two overlap it is one place. */
  places(text: string): readonly (readonly [number, number])[];
  /** How many characters at the end may be the beginning of one. */
  pending(text: string): number;
}

interface SameHead {
  /** By their length. */
  readonly wholes: Map<number, Set<string>>;
  readonly texts: string[];
}

export const foundTexts = (): FoundTexts => {
  const byHead = new Map<string, SameHead>();
  /** Beginnings that are shorter than a head. */
  const starts = new Set<string>();
  let longest = 0;

  const endAt = (text: string, at: number): number => {
    const alike = byHead.get(text.slice(at, at + headLength));
    if (alike === undefined) return at;
    let end = at;
    for (const [length, wholes] of alike.wholes)
      if (at + length > end && wholes.has(text.slice(at, at + length))) end = at + length;
    return end;
  };

  const begins = (rest: string): boolean =>
    rest.length < headLength
      ? starts.has(rest)
      : (byHead.get(rest.slice(0, headLength))?.texts ?? []).some(
          (one) => one.length > rest.length && one.startsWith(rest),
        );

  return {
    add(text) {
      if (text.length < headLength) return;
      const head = text.slice(0, headLength);
      const alike = byHead.get(head) ?? { wholes: new Map<number, Set<string>>(), texts: [] };
      const wholes = alike.wholes.get(text.length) ?? new Set();
      if (wholes.has(text)) return;
      byHead.set(head, alike);
      alike.wholes.set(text.length, wholes.add(text));
      alike.texts.push(text);
      for (let length = 1; length < headLength; length += 1) starts.add(text.slice(0, length));
      longest = Math.max(longest, text.length);
    },
    places(text) {
      const found: [number, number][] = [];
      if (byHead.size === 0) return found;
      for (let at = 0; at <= text.length - headLength; at += 1) {
        const end = endAt(text, at);
        if (end === at) continue;
        const last = found.at(-1);
        if (last !== undefined && at < last[1]) last[1] = Math.max(last[1], end);
        else found.push([at, end]);
      }
      return found;
    },
    pending(text) {
      for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1)
        if (begins(text.slice(at))) return text.length - at;
      return 0;
    },
  };
};
