/** The numbers of a version, e.g. [3, 10, 0] of `3.10.0`; what stands before the first number and after the last is left out. */
const numbersOf = (version: string): readonly number[] =>
  (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** Below 0 when `a` is the earlier one: 5.8 is before 5.10. What one of them does not say counts as 0. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

export const atLeast = (version: string, least: string): boolean => compareVersions(version, least) >= 0;

/** `2.17` of `2.17.12`, `5.14` of `5.14.0-503.el9.x86_64`. */
export const seriesOf = (version: string): string => {
  const [major = 0, minor = 0] = numbersOf(version);
  return `${major}.${minor}`;
};

/**
 * The major build of an Enterprise Linux kernel, e.g. 693 of `3.10.0-693.11.1.el7.x86_64`: it tells the minor release,
 * whose backports make a kernel another than its version says. `null` for other kernels.
 */
export const elBuildOf = (kernel: string): number | null => {
  const found = /^\d+\.\d+\.\d+-(\d+)(?:\.\d+)*\.el\d/.exec(kernel);
  return found === null ? null : Number(found[1]);
};
