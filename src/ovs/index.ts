import { artifact } from './artifact.ts';
import { build } from './build.ts';
import { builders } from './builders.ts';
import { coldUpgradeRefused, identityUnchanged, runningCold } from './cold.ts';
import { buildable, compatible } from './compatible.ts';
import { conforms, otherTools } from './conforms.ts';
import { hotUpgradeRefused } from './preflight.ts';
import { releaseParams } from './release-params.ts';
import { restarted, restartRefused } from './restarted.ts';
import { forwardingUnchangedGoingBack, rollbackRefused, rolledBack, wayBack } from './rollback.ts';
import { forwardingUnchanged, running } from './running.ts';
import { staged, unpacked } from './staged.ts';
import { buildTools } from './tools.ts';
import { guestAnswers } from './traffic.ts';
import { bridge, devicePort, flows, patched, vxlanPort } from './wiring.ts';

export type { Build, BuildParams } from './build.ts';
export { hostVar } from './host-var.ts';

/** The vocabulary of Open vSwitch. */
export const ovs = {
  artifact,
  bridge,
  build,
  buildable,
  builders,
  buildTools,
  coldUpgradeRefused,
  compatible,
  conforms,
  devicePort,
  flows,
  forwardingUnchanged,
  forwardingUnchangedGoingBack,
  guestAnswers,
  hotUpgradeRefused,
  identityUnchanged,
  otherTools,
  patched,
  releaseParams,
  restarted,
  restartRefused,
  rollbackRefused,
  rolledBack,
  running,
  runningCold,
  staged,
  unpacked,
  vxlanPort,
  wayBack,
};
