const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * What to type to go on with a run: whole, so that it can be pasted.
 * @param flags those without which the run is not found or its hosts not reached as before
 */
export const resumeCommand = (run: string, inventory: readonly string[], flags: readonly string[]): string =>
  ['ovsfleet', 'resume', run, ...inventory.flatMap((path) => ['-i', word(path)]), ...flags.map(word)].join(' ');
