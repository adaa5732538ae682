import { join } from 'node:path';
import type { Directive } from './directive.ts';
import { configProblem } from './problems.ts';

export type Tokens = Readonly<Record<string, string>>;

/** Puts tokens (`%h`, `%%`, ssh_config(5), TOKENS) in place. Throws `ssh.config-token` for one that is not given. */
export const expand = (text: string, tokens: Tokens, { keyword, at }: Pick<Directive, 'keyword' | 'at'>): string =>
  text.replace(/%([\s\S]?)/g, (_, letter: string) => {
    if (letter === '%') return '%';
    const value = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
    if (value !== undefined) return value;
    throw configProblem(
      'token',
      at,
      `${keyword} has %${letter}, which cannot stand there`,
      'Write %% for a per cent sign',
    );
  });

/** What paths are completed with. */
export interface Places {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tokens: Tokens;
}

/** A path with `~`, tokens and `${VARIABLES}` in place. Throws `ssh.config-…` for a variable that is not set. */
export const expandPath = (
  text: string,
  { home, env, tokens }: Places,
  from: Pick<Directive, 'keyword' | 'at'>,
): string => {
  if (/^~[^/]/.test(text)) {
    const what = `${from.keyword} begins with the home of another user, which is not looked up`;
    throw configProblem('path', from.at, what, 'Write the path in full: /home/USER/…');
  }
  const path = text.startsWith('~') ? join(home, text.slice(1)) : text;
  const pieces = path.split(/(\$\{[^}]*\})/);
  return pieces
    .map((piece, index) => {
      if (index % 2 === 0) return expand(piece, tokens, from);
      const name = piece.slice(2, -1);
      const value = env[name];
      if (value !== undefined) return value;
      throw configProblem('variable', from.at, `${from.keyword} has ${piece}, which is not set`, `export ${name}=…`);
    })
    .join('');
};
