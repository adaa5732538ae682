/** What a playbook may import. */

export { openstack } from './openstack/index.ts';
export * as ops from './operations/index.ts';
export { hostVar, ovs } from './ovs/index.ts';
export {
  around,
  buildersFor,
  firstOf,
  group,
  inPhases,
  on,
  param,
  playbook,
  rolloutOf,
  rolloutParams,
  step,
  tagged,
  trafficWatched,
  transaction,
  unchanged,
  verify,
} from './playbook/index.ts';
export { sh, using, withInput } from './shell/index.ts';
