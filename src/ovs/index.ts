import { artifact } from './artifact.ts';
import { build } from './build.ts';
import { coldUpgradeRefused, identityUnchanged, runningCold } from './cold.ts';
import { conforms } from './conforms.ts';
import { hotUpgradeRefused } from './preflight.ts';
import { restarted, restartRefused } from './restarted.ts';
import { forwardingUnchanged, running } from './running.ts';
import { staged, unpacked } from './staged.ts';

export type { Build, BuildParams } from './build.ts';

/** The vocabulary of Open vSwitch. */
export const ovs = {
  artifact,
  build,
  coldUpgradeRefused,
  conforms,
  forwardingUnchanged,
  hotUpgradeRefused,
  identityUnchanged,
  restarted,
  restartRefused,
  running,
  runningCold,
  staged,
  unpacked,
};
