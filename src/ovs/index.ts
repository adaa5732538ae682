import { artifact } from './artifact.ts';
import { build } from './build.ts';
import { hotUpgradeRefused } from './preflight.ts';
import { forwardingUnchanged, running } from './running.ts';
import { staged } from './staged.ts';

export type { Build, BuildParams } from './build.ts';

/** The vocabulary of Open vSwitch. */
export const ovs = { artifact, build, forwardingUnchanged, hotUpgradeRefused, running, staged };
