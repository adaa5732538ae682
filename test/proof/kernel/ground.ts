import { spawn } from 'node:child_process';
import type { Machine } from '../../../src/lab/index.ts';
import { type Controller, controller, type Ground } from '../../lab/support/product.ts';

/** Where an operator of a machine works from: this machine itself. */
export const groundOf = ({ directory, inventoryFile }: Machine): Ground => ({
  directory,
  inventoryFile,
  spawn: ([file = 'true', ...args], { stdio = 'inherit', env = process.env, cwd } = {}) =>
    spawn(file, args, { stdio, env: { ...env }, ...(cwd === undefined ? {} : { cwd }) }),
});

/** An operator with an inventory of one machine. A program that an emulated processor holds up is given its time. */
export const operatorOf = async (machine: Machine, name: string): Promise<Controller> =>
  controller(groundOf(machine), name, { limitMs: 2_400_000 });
