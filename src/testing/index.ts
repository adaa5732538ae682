/** Fakes to test playbooks with: hosts that are real shells on this machine, and a clock that needs no time. */
export { memorySink } from '../events/index.ts';
export { type FakeClock, fakeClock, hastyClock } from './fake-clock.ts';
export { type FakeFleet, type FakeHost, type FakeHostInput, fakeFleet } from './fake-fleet.ts';
export { type Rehearsal, type RehearsalOptions, rehearse } from './rehearse.ts';
