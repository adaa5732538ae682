import { spawn } from 'node:child_process';
import type { Machine } from '../../../src/lab/index.ts';
import { type Controller, controller, type Ground } from '../../lab/support/product.ts';

/** An operator with an inventory of one machine. A program that an emulated processor holds up is given its time. */
export const operatorOf = async (machine: Machine, name: string): Promise<Controller> => {
  const ground: Ground = {
    directory: machine.directory,
    inventoryFile: machine.inventoryFile,
    spawn: ([file = 'true', ...args], { stdio = 'inherit', env = process.env, cwd } = {}) =>
      spawn(file, args, { stdio, env: { ...env }, ...(cwd === undefined ? {} : { cwd }) }),
  };
  return controller(ground, name, { limitMs: 1_200_000 });
};
