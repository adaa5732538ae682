import { paramTexts } from '../model/param-text.ts';
import type { LoadedPlaybook } from '../playbook/index.ts';

type Specs = LoadedPlaybook['playbook']['params'];

const fallbackOf = (name: string, { fallback }: Specs[string]): string => {
  if (fallback === null) return 'must be given';
  const [text = ''] = paramTexts({ [name]: fallback.value });
  const value = text.slice(name.length + 1);
  return value === '' || fallback.value === null ? 'may be left out' : `${value} unless said`;
};

/** The parameters of a playbook, each with what it is, its kind, and what it is unless said. */
export const paramsHelp = ({ title, params }: LoadedPlaybook['playbook']): string => {
  const names = Object.keys(params);
  if (names.length === 0) return `"${title}" has no parameters.`;
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.entries(params).map(
    ([name, spec]) =>
      `  ${name.padEnd(width)}  ${spec.about}\n  ${' '.repeat(width)}  ${spec.kind}; ${fallbackOf(name, spec)}`,
  );
  return `Parameters of "${title}", given with -e NAME=VALUE, -e @FILE, or in the inventory under ovsfleet_params:\n${lines.join('\n')}`;
};
