import { expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import { fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { making, onePlay, set } from './support/playbooks.ts';
import { eventsOf } from './support/tell.ts';

it.each(['1', '2'])('a letter of several bytes that a step prints to stream %s in pieces is whole', async (stream) => {
  const fleet = await fakeFleet({ hv01: {} });
  try {
    const speaks = sh`
      { printf 'caf\303'; sleep 0.3; printf '\251\n'; } >&${Number(stream)}
    `;
    const { events } = await rehearse(fleet, onePlay([set('a', { make: making('a', speaks) })]));
    const printed = eventsOf(events, 'step.output').map(({ text }) => text);
    expect(printed.join('').trim()).toBe('café');
  } finally {
    await fleet.close();
  }
});
