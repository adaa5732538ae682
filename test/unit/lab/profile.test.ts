import { describe, expect, test } from 'vitest';
import { parseHostCounts } from '../../../src/lab/profile.ts';

describe('the hosts of a lab are written as PROFILE=NUMBER', () => {
  test.each([
    ['pkg31=3,agent=2,src=1,builder=1', { pkg31: 3, agent: 2, src: 1, builder: 1 }],
    ['pkg31', { pkg31: 1 }],
    [' ssh=200 , builder ', { ssh: 200, builder: 1 }],
    ['pkg31=0,src=2', { pkg31: 0, src: 2 }],
  ])('%s', (text, counts) => {
    expect(parseHostCounts(text)).toEqual(counts);
  });

  test.each([
    ['pkg99=1', '"pkg99" is no profile'],
    ['', '"" is no profile'],
    ['pkg31=two', '"pkg31=two" is not PROFILE=NUMBER'],
    ['pkg31=-1', '"pkg31=-1" is not PROFILE=NUMBER'],
    ['pkg31=1=2', '"pkg31=1=2" is not PROFILE=NUMBER'],
    ['pkg31=1,pkg31=2', 'pkg31 is there twice'],
    ['pkg31=0', 'a lab has 1 to 500 hosts, not 0'],
    ['ssh=501', 'a lab has 1 to 500 hosts, not 501'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(() => parseHostCounts(text)).toThrow(
      expect.objectContaining({ code: 'lab.bad-hosts', message: `--hosts ${text}: ${why}` }),
    );
  });
});
