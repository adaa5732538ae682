const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const classOf = (inside: string): string => {
  const negated = inside.startsWith('!');
  const letters = (negated ? inside.slice(1) : inside).replaceAll(/[\\\]^]/g, '\\$&');
  return `[${negated ? '^' : ''}${letters}]`;
};

/** A shell pattern (`*`, `?`, `[abc]`, `[!abc]`) as an expression that matches whole names; case counts. */
export const globToRegExp = (glob: string): RegExp => {
  const parts = [...glob.matchAll(/\[(!?[^\]]+)\]|(\*)|(\?)|([^*?[]+|\[)/g)].map(([, inside, star, one, text = '']) => {
    if (inside !== undefined) return classOf(inside);
    if (star !== undefined) return '.*';
    return one === undefined ? literal(text) : '.';
  });
  return new RegExp(`^${parts.join('')}$`, 's');
};
