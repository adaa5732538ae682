import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName } from './support/bring-up.ts';
import { boundaries, crashHost, interrupt, killController } from './support/faults.ts';
import { cutLink, cutLinkForLong, cutOffByItself } from './support/link-faults.ts';

// Each case has hosts of its own, so they go on side by side; what they prove is in support/faults.ts.

describe('a swap that is cut off in the middle', () => {
  const NAME = ownName('test-faults');
  let lab: Lab;
  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 6, src: 2, agent: 2, over: 1, builder: 1 });
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  describe.concurrent('is brought to its end', () => {
    test('on an agent host, by somebody who knows nothing of it, after the controller was killed', () =>
      killController(lab, 'hv09', 'verify the switch', 'anew'));
    test('on an agent host that lost its power: undone at boot, then done by a new run', () =>
      crashHost(lab, 'hv10', 'restore the flows', 'watched'));
    test('on a packaged host, by resuming, after the controller was killed', () =>
      killController(lab, 'hv01', 'restart ovs-vswitchd', 'resume'));
    test('on a packaged host, when the controller was killed just before it would have confirmed', () =>
      killController(lab, 'hv02', 'awaiting', 'anew'));
    test('on a packaged host that lost its power while it forwarded nothing: undone at boot by itself, then done by a new run', () =>
      crashHost(lab, 'hv03', 'restore the flows', 'alone'));
    test('on a source host that lost its power: undone at boot by itself, then done by a new run', () =>
      crashHost(lab, 'hv08', 'restart ovs-vswitchd', 'alone'));
    test('when the link was cut and came back in time', () => cutLink(lab, 'hv04', 'restart ovs-vswitchd'));
    test('by the host alone when the link was cut for too long, and that is told', () => cutLinkForLong(lab, 'hv05'));
    test('by the host alone when its only way in goes over the switch that is exchanged, and lets nobody in any more', () =>
      cutOffByItself(lab, 'hv11'));
    test('after Ctrl-C, once and twice, by resuming', () => interrupt(lab, 'hv06', 'hv07'));
  });
});

// The whole matrix takes half an hour: npm run proof:faults.
const matrix = process.env['OVSFLEET_PROOF'] === 'faults' ? boundaries : [];

for (const at of matrix) {
  describe(`a swap that is cut off at "${at}"`, () => {
    const NAME = ownName(`test-fault-matrix-${boundaries.indexOf(at)}`);
    let lab: Lab;
    beforeAll(async () => {
      lab = await bringUp(NAME, { pkg31: 3, src: 2, agent: 3, builder: 1 });
    });
    afterAll(async () => {
      await removeLab(NAME);
    });
    const then = boundaries.indexOf(at) % 2 === 0 ? 'resume' : 'anew';
    const who = then === 'resume' ? 'alone' : 'watched';

    describe.concurrent('comes to its end', () => {
      // Only agents are held.
      if (at !== 'hold') {
        test(`after the controller of a packaged host was killed (${then})`, () =>
          killController(lab, 'hv01', at, then));
        test(`after the controller of a source host was killed (${then})`, () => killController(lab, 'hv04', at, then));
        test('after a packaged host lost its power', () => crashHost(lab, 'hv02', at, who));
        test('after a source host lost its power', () => crashHost(lab, 'hv05', at, who));
        test('after the link of a packaged host was cut', () => cutLink(lab, 'hv03', at));
      }
      test(`after the controller of an agent host was killed (${then})`, () => killController(lab, 'hv06', at, then));
      test('after an agent host lost its power', () => crashHost(lab, 'hv07', at, who));
      test('after the link of an agent host was cut', () => cutLink(lab, 'hv08', at));
    });
  });
}
