import type { Position, YamlNode } from '../../yaml/index.ts';
import { pythonLiteral } from '../python/literal.ts';
import { Unsupported } from '../python/unsupported.ts';
import { refuse } from '../refuse.ts';

/**
 * What a value of an INI inventory means: a Python literal where it is one, else text. Both on the lines of hosts and
 * below `[group:vars]`; the documentation of Ansible says otherwise, its code does this. Throws `inventory.bad-value`.
 */
export const readValue = (name: string, text: string, at: Position): YamlNode => {
  try {
    return pythonLiteral(text, at) ?? { kind: 'scalar', value: text, text, at };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const remedy = `Quote it twice, if it is meant as text: ${name}='"${text}"'`;
    return refuse(at, 'bad-value', `${name} is ${error.message}`, remedy);
  }
};
