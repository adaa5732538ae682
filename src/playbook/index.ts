export { addressOf, type Leaf } from './address.ts';
export {
  around,
  firstOf,
  group,
  inPhases,
  on,
  type StepInput,
  step,
  tagged,
  trafficWatched,
  transaction,
  unchanged,
  verify,
  type Want,
} from './language.ts';
export { type LoadedPlaybook, type LoadOptions, loadPlaybook } from './load.ts';
export { type LocalFile, localBytes, localDigest, localText } from './local-file.ts';
export type {
  Around,
  Bring,
  Explanation,
  Fetch,
  Group,
  Node,
  On,
  Phase,
  Send,
  Step,
  Transaction,
  Unchanged,
  Verify,
  Watched,
  Writes,
} from './node.ts';
export type { ParamSpecs } from './param-types.ts';
export { type GivenParam, param, secretKind } from './params.ts';
export {
  type Buildable,
  type BuilderHosts,
  buildersFor,
  type Context,
  type HostView,
  type NeededBuild,
  type Note,
  type Preflight,
  platformOf,
  platformOnly,
  type Refusal,
} from './playbook.ts';
export { type Playbook, type PlayHosts, playbook, type ResolvedPlay, type ResolvedPlaybook } from './resolve.ts';
export { rolloutOf, rolloutParams } from './rollout-params.ts';
export { type EarlierRun, runKind } from './run-param.ts';
export { type IsIn, leavesInPlay, type Selected, selectPart } from './selected.ts';
export { isLocalSource, type Source, sourceKind } from './source-param.ts';
export type { SourceFile } from './sources.ts';
