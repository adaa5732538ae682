/** What stands on a command line that is not finished. */
export interface TypedWords {
  /** The words after the program, whole, but for the one at hand. */
  readonly before: readonly string[];
  /** The word at hand, as far as it is typed. */
  readonly current: string;
  /** The end of that word that is completed: bash takes words apart at `:` and `=`. */
  readonly piece: string;
}

const glue = [':', '='];

/** Words as a shell has them, whole again; the last one is at hand. */
export const typedWords = (words: readonly string[]): TypedWords => {
  const whole: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const continues = isOpen || glue.includes(word);
    const last = whole.length - 1;
    if (continues && last >= 0) whole[last] += word;
    else whole.push(word);
    isOpen = glue.includes(word) && whole.length > 0;
  }
  const piece = words.at(-1) ?? '';
  const current = whole.pop() ?? '';
  return { before: whole, current, piece: glue.includes(piece) ? '' : piece };
};

/** Where on the line the word at hand stands. */
export interface Place {
  readonly command: string;
  /** The words after the command that are no flags. */
  readonly words: readonly string[];
  /** The flag whose value is at hand, without dashes; `null`: it is a word of the command. */
  readonly flag: string | null;
  /** The value at hand, as far as it is typed. */
  readonly value: string;
  /** Values of flags that stand before, by the name that was typed. */
  readonly said: ReadonlyMap<string, readonly string[]>;
  /** Whether two dashes stand before: then all is another program's. */
  readonly foreign: boolean;
}

const nameOf = (word: string): string => word.replace(/^-+/, '').replace(/=.*$/s, '');

/** @param takesValue whether a flag takes one */
export const placeOf = ({ before, current }: TypedWords, takesValue: (flag: string) => boolean): Place => {
  const words: string[] = [];
  const said = new Map<string, readonly string[]>();
  let open: string | null = null;
  for (const word of before) {
    if (open !== null) {
      said.set(open, [...(said.get(open) ?? []), word]);
      open = null;
    } else if (word.startsWith('-') && word !== '-') {
      const name = nameOf(word);
      if (word.includes('=')) said.set(name, [...(said.get(name) ?? []), word.slice(word.indexOf('=') + 1)]);
      else if (takesValue(name)) open = name;
    } else words.push(word);
  }
  const [command = '', ...rest] = words;
  const joined = open === null && current.startsWith('-') && current.includes('=');
  return {
    command,
    words: rest,
    flag: joined ? nameOf(current) : open,
    value: joined ? current.slice(current.indexOf('=') + 1) : current,
    said,
    foreign: before.includes('--'),
  };
};
