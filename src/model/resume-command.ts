/** What to type to go on with a run: whole, so that it can be pasted. */
export const resumeCommand = (run: string, inventory: readonly string[]): string =>
  [
    'ovsfleet',
    'resume',
    run,
    ...inventory.flatMap((path) => ['-i', /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path}'`]),
  ].join(' ');
