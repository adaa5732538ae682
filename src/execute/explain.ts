import type { Explanation } from '../playbook/index.ts';

/** So much of an output is kept for a line that comes in parts. */
const longestLine = 2000;

/** Looks for what a step can explain in what it prints. */
export interface Explainer {
  readonly take: (text: string) => void;
  /** The first explanation, in their own order, that something printed so far bears out. */
  readonly found: () => { readonly sentence: string; readonly remedy: string } | null;
}

export const explainer = (explanations: readonly Explanation[]): Explainer => {
  const lines = new Map<Explanation, string>();
  let rest = '';
  const look = (line: string): void => {
    for (const explanation of explanations)
      if (!lines.has(explanation) && explanation.pattern.test(line)) lines.set(explanation, line.trim());
  };
  return {
    take(text) {
      if (explanations.length === 0) return;
      const parts = (rest + text).split('\n');
      rest = (parts.pop() ?? '').slice(-longestLine);
      for (const part of parts) look(part);
    },
    found() {
      look(rest);
      const first = explanations.find((explanation) => lines.has(explanation));
      if (first === undefined) return null;
      return { sentence: `${first.means} ("${lines.get(first) ?? ''}")`, remedy: first.remedy };
    },
  };
};
