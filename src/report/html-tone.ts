/** Texts of the HTML template, by the names that it has for them. */
export type Data = Readonly<Record<string, unknown>>;

/** How a word is coloured. */
export const toneOf = (word: string): string => {
  switch (word) {
    case 'current':
    case 'nothing to do':
    case 'conforms':
    case 'ok':
      return 'calm';
    case 'changed':
    case 'done':
      return 'good';
    case 'drifts':
      return 'change';
    case 'not started':
      return 'quiet';
    case 'undone':
    case 'in doubt':
    case 'no end known':
    case 'unproven':
      return 'warn';
    default:
      return 'bad';
  }
};
