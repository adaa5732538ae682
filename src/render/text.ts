/** CSI and OSC sequences, other escapes, then what else moves a cursor: a host must not write on our terminal. */
const controls =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** What a host said, fit to be shown: without control characters, tabs as spaces. Line feeds stay. */
export const printable = (text: string): string => text.replaceAll('\t', '    ').replaceAll(controls, '');

export const oneLine = (text: string): string =>
  printable(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

/** East Asian wide and emoji blocks (Unicode Standard Annex #11, roughly): two columns each. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const combining = /\p{Mn}/gu;
const simple = /^[\u0020-\u007e]*$/;
const colours = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes on a terminal; colours take none. */
export const columnsOf = (text: string): number => {
  if (simple.test(text)) return text.length;
  const bare = text.replaceAll(colours, '');
  return [...bare].length + (bare.match(wide)?.length ?? 0) - (bare.match(combining)?.length ?? 0);
};

/** Cuts a text without colours to so many columns; what was cut is marked. */
export const cutTo = (text: string, columns: number, ellipsis: string): string => {
  if (columnsOf(text) <= columns) return text;
  const room = columns - columnsOf(ellipsis);
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > room) break;
    cut += character;
  }
  return room > 0 ? cut + ellipsis : '';
};

export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)));

/** Breaks a text without colours at spaces; words longer than a line stay whole, so that they can be copied. */
export const wrap = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
};

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
