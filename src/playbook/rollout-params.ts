import type { ParamValues } from './param-types.ts';
import { param } from './params.ts';
import type { RolloutInput } from './rollout-input.ts';

/** What an operator may say of how a playbook goes over its hosts; `rolloutOf` makes the rollout of a play from it. */
export const rolloutParams = {
  waves: param.shares('how many hosts have been changed after each wave', { default: [1, '10%', '50%', '100%'] }),
  concurrency: param.count('hosts changed at a time', { default: 4 }),
  stop_after: param.share('failed hosts after which no new one starts', { default: 1 }),
  pause: param.duration('to wait between waves', { default: '0s' }),
  canary: param.string('pattern of the hosts that are changed first', { default: '' }),
  spread: param.string('variable of hosts, such as rack: never two of one rack at a time', { default: '' }),
  window: param.string("when hosts may be changed: 'tue,wed 01:00-05:00 Europe/Paris'", { default: '' }),
};

/** The rollout of a play, as the `rolloutParams` of its playbook say it. */
export const rolloutOf = (params: ParamValues<typeof rolloutParams>): RolloutInput => ({
  waves: params.waves,
  concurrency: params.concurrency,
  stopAfterFailures: params.stop_after,
  pause: params.pause,
  canary: params.canary,
  spread: params.spread,
  window: params.window,
});
