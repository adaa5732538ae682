import { describe, expect, it } from 'vitest';
import { hostsToRerun } from '../../../src/cli/rerun.ts';
import { hostOutcomes } from '../../../src/model/outcome.ts';

/** One host of each outcome, named after it. */
const standings = new Map(hostOutcomes.map((outcome) => [`hv-${outcome}`, outcome]));

describe('the hosts that are run again', () => {
  it.each<[string, Parameters<typeof hostsToRerun>[1], readonly string[]]>([
    [
      'after "failed" are those that were reached and did not end well',
      ['failed'],
      ['undone', 'failed', 'refused', 'stuck'],
    ],
    ['after "unreachable" are those that went away, too', ['unreachable'], ['unreachable', 'in-doubt']],
    ['after "not-started" are those that never began', ['not-started'], ['not-started']],
    [
      'after several are all of them',
      ['failed', 'unreachable', 'not-started'],
      hostOutcomes.filter((outcome) => outcome !== 'current' && outcome !== 'changed'),
    ],
  ])('%s', (_, wanted, outcomes) => {
    expect(hostsToRerun(standings, wanted)).toEqual(outcomes.map((outcome) => `hv-${outcome}`));
  });
});
