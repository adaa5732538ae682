const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

const urlEncoded = (content: string, kept: RegExp): string =>
  [...Buffer.from(content)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return kept.test(character) ? character : percent(byte);
    })
    .join('');

const lowerCased = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

/** As in URLs: what Python, JavaScript and curl keep as it is differs, and so does what they make of a space. */
const urlForms = (content: string): readonly string[] => {
  const strict = urlEncoded(content, /[\w.~-]/);
  const forms = [
    strict,
    urlEncoded(content, /[\w.~/-]/),
    urlEncoded(content, /[\w.~!'()*-]/),
    strict.replaceAll('%20', '+'),
  ];
  return [...forms, ...forms.map(lowerCased)];
};

/** How many characters at the beginning depend on one or two bytes that stand before. */
const dependOnBefore = [0, 2, 3] as const;

/**
 * What base64 has of the content wherever it stands in a longer text (`user:password` of HTTP): a byte more or less before
 * it gives other characters, so there are three. The last character, as far as it depends on what follows, is left out.
 */
const base64Forms = (content: string): readonly string[] => {
  const bytes = Buffer.from(content);
  const inside = dependOnBefore.map((dropped, before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return encoded.slice(dropped, (before + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const whole = [content, `${content}\n`].map((text) => Buffer.from(text).toString('base64'));
  const forms = [...inside, ...whole];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
};

/** In single quotes, in double quotes, and by backslashes alone (`printf %q` of bash). */
const shellForms = (content: string): readonly string[] => [
  content.replaceAll("'", "'\\''"),
  content.replaceAll("'", `'"'"'`),
  content.replace(/["$\\`]/g, '\\$&'),
  content.replace(/[^\w@%+=:,./\u0080-\uffff-]/g, '\\$&'),
];

const jsonForms = (content: string): readonly string[] => {
  const plain = JSON.stringify(content).slice(1, -1);
  const ascii = plain.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [plain, ascii, plain.replaceAll('/', '\\/')];
};

/** The content as programs print it that encode what they print: base64, URL, quoted for a shell, JSON. */
export const encodedForms = (content: string): readonly string[] => [
  ...new Set([...base64Forms(content), ...urlForms(content), ...shellForms(content), ...jsonForms(content)]),
];
