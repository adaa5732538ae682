import type { Machine } from '../../../src/lab/index.ts';
import type { Ended } from '../../lab/support/product.ts';
import type { Settings } from '../kernel/ask.ts';
import { operatorOf } from '../kernel/ground.ts';

let played = 0;

/** One of the shipped playbooks, run by an operator of its own who knows of no run before. */
export const play = async (machine: Machine, playbook: string, settings: Settings): Promise<Ended> => {
  played += 1;
  const operator = await operatorOf(machine, `player-${played}`);
  const words = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return operator.run(['run', `playbooks/${playbook}`, '--no-type-check', ...words]);
};
