import type { Case } from '../case.ts';
import { becoming } from './become.ts';
import { controllers } from './controller.ts';
import { disk } from './disk.ts';
import { link } from './link.ts';
import { names } from './names.ts';
import { sshd } from './sshd.ts';
import { steps } from './steps.ts';
import { switches } from './switch.ts';

export const cases: readonly Case[] = [
  ...link,
  ...sshd,
  ...disk,
  ...steps,
  ...becoming,
  ...names,
  ...controllers,
  ...switches,
];
