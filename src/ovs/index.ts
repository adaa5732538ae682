import { artifact } from './artifact.ts';
import { build } from './build.ts';
import { builders } from './builders.ts';
import { coldUpgradeRefused, identityUnchanged, runningCold } from './cold.ts';
import { buildable, compatible } from './compatible.ts';
import { conforms, otherTools } from './conforms.ts';
import { backInUsr, backInUsrRefused, readyForUsr, runningInUsr } from './in-usr.ts';
import { installBuild, installed, installParams, installRefused } from './install.ts';
import { modulesAtBoot } from './module/at-boot.ts';
import { moduleChoice, moduleParams } from './module/choice.ts';
import {
  upgraded,
  upgradeModuleArtifacts,
  upgradeModuleFiles,
  upgradeModuleParams,
  upgradeModuleRefused,
} from './module/in-upgrade.ts';
import { modulesInstalled } from './module/installed.ts';
import { moduleAfterReboot, moduleExchanged, moduleLoaded } from './module/loaded.ts';
import { moduleArtifacts } from './module/needed.ts';
import { moduleNowRefused, moduleRefused } from './module/preflight.ts';
import { modulesStaged } from './module/staged.ts';
import { packaged } from './packaged.ts';
import { hotUpgradeRefused } from './preflight.ts';
import { releaseParams } from './release-params.ts';
import { restarted, restartRefused } from './restarted.ts';
import { forwardingUnchangedGoingBack, rollbackRefused, rolledBack, wayBack } from './rollback.ts';
import { forwardingUnchanged, running } from './running.ts';
import { staged, unpacked } from './staged.ts';
import { started, startRefused } from './started.ts';
import { buildTools } from './tools.ts';
import { guestAnswers } from './traffic.ts';
import { underUnits, unitsRefused } from './under-units.ts';
import { bridge, devicePort, flows, patched, vxlanPort } from './wiring.ts';

export type { Build } from './build.ts';
export type { BuildParams } from './build-params.ts';
export { refuseWrongTag, tagOf } from './compat/index.ts';
export { hostVar } from './host-var.ts';

/** The vocabulary of Open vSwitch. */
export const ovs = {
  artifact,
  backInUsr,
  backInUsrRefused,
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
  installBuild,
  installed,
  installParams,
  installRefused,
  moduleAfterReboot,
  moduleArtifacts,
  moduleChoice,
  moduleExchanged,
  moduleLoaded,
  moduleNowRefused,
  moduleParams,
  moduleRefused,
  modulesAtBoot,
  modulesInstalled,
  modulesStaged,
  otherTools,
  packaged,
  patched,
  readyForUsr,
  releaseParams,
  restarted,
  restartRefused,
  rollbackRefused,
  rolledBack,
  running,
  runningCold,
  runningInUsr,
  staged,
  started,
  startRefused,
  underUnits,
  unitsRefused,
  unpacked,
  upgraded,
  upgradeModuleArtifacts,
  upgradeModuleFiles,
  upgradeModuleParams,
  upgradeModuleRefused,
  vxlanPort,
  wayBack,
};
