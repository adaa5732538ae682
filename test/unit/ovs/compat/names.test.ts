import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  refuseUnreleased,
  refuseWrongTag,
  seriesOf,
  tagOf,
} from '../../../../src/ovs/compat/index.ts';
import { elBuildOf } from '../../../../src/ovs/compat/version.ts';

describe('versions', () => {
  it.each([
    ['5.10.0-32-amd64', '5.8', 1],
    ['3.10.0-693.11.1.el7.x86_64', '3.10', 0],
    ['3.10.0-693.11.1.el7.x86_64', '3.9.9', 1],
    ['2.9.0', '2.10.0', -1],
    ['2.17', '2.17.0', 0],
    ['6.1.0-50-cloud-amd64', '6.1', 0],
    ['v3.5.0', '3.5', 0],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it.each([
    ['3.10.0-693.11.1.el7.x86_64', 693],
    ['4.18.0-305.el8.x86_64', 305],
    ['5.14.0-427.13.1.el9_4.x86_64', 427],
    ['5.10.0-32-amd64', null],
  ])('the build of kernel %s', (kernel, build) => {
    expect(elBuildOf(kernel)).toBe(build);
  });

  it('the series is the first two numbers', () => {
    expect(['2.17.12', '5.14.0-1.el9', '22.11.7'].map(seriesOf)).toEqual(['2.17', '5.14', '22.11']);
  });
});

describe('releases that do not exist', () => {
  const told = (act: () => void): string => {
    try {
      act();
    } catch (error) {
      return error instanceof Error && 'remedy' in error ? `${error.message} ${String(error.remedy)}` : String(error);
    }
    return '';
  };

  it.each([
    ['1.8.0', 'never released', '1.9.3'],
    ['2.2.0', 'never released', '2.3.3'],
    ['1.7.2', 'no tarball', '1.7.3'],
    ['1.4.6', 'older than 2.3', '3.7.1'],
    ['2.18.0', 'no series 2.18', '3.0'],
    ['3.8.0', 'no series 3.8', '4.0'],
  ])('%s: %s, but %s', (version, why, instead) => {
    const text = told(() => refuseUnreleased(version));
    expect(text).toContain(why);
    expect(text).toContain(instead);
  });

  it.each(['2.9.0', '2.17.12', '3.5.0', '3.3.12', '4.0.0', '4.1.0', '5.0.0'])('%s is or may be one', (version) => {
    expect(told(() => refuseUnreleased(version))).toBe('');
  });

  it.each([
    ['v2.3.0', 'v2.3'],
    ['v2.0.0', 'v2.0'],
    ['v1.8.0', '1.9.3'],
    ['v2.18.1', '3.0'],
  ])('tag %s is refused with the right one, %s', (tag, right) => {
    expect(told(() => refuseWrongTag(tag))).toContain(right);
  });

  it.each(['v2.3', 'v2.3.1', 'v3.5.0', 'main', 'branch-2.17'])('ref %s is taken', (ref) => {
    expect(told(() => refuseWrongTag(ref))).toBe('');
  });

  it('the tag of 2.3.0 is v2.3', () => {
    expect([tagOf('2.3.0'), tagOf('2.3.1'), tagOf('3.5.0')]).toEqual(['v2.3', 'v2.3.1', 'v3.5.0']);
  });
});
