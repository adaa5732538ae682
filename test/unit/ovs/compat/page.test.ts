import { expect, it } from 'vitest';
import { buildPackages } from '../../../../src/ovs/compat/index.ts';
import { platforms } from '../../../../src/ovs/compat/platforms.ts';
import { allSeries } from '../../../../src/ovs/compat/series.ts';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const releases = (): readonly string[] => [
  row(
    'Release',
    'Last',
    "Kernels of its own module, by configure's gate",
    'Source of the gate',
    'Python',
    'OpenSSL for TLS',
    'DPDK',
  ),
  row('---', '---', '---', '---', '---', '---', '---'),
  ...allSeries
    .toReversed()
    .map(({ series, last, module, python, openssl, dpdk }) =>
      row(
        series,
        last === '' ? 'not out yet' : last,
        module === null
          ? "none: the kernel's own"
          : `${module.min} to ${module.max}${module.early === undefined ? '' : ` (${module.early.release}: to ${module.early.max})`}`,
        module?.source ?? 'NEWS of 3.0',
        python.major === 2 ? '2.7, with six' : `${python.least} or later`,
        openssl === null ? 'any' : `${openssl} or later`,
        dpdk ?? '',
      ),
    ),
];

const distributions = (): readonly string[] => [
  row('Distribution', 'from', 'Python', 'GCC', 'OpenSSL', 'Packages that release 3.3 is built with'),
  row('---', '---', '---', '---', '---', '---'),
  ...platforms.map(({ distro, from, pythons, compiler, openssl }) => {
    const series = allSeries.find((known) => known.series === '3.3');
    const packages =
      series === undefined
        ? null
        : buildPackages(distro, from, series, { ssl: 'on', capng: 'auto', configure: 'there' });
    return row(distro, from, pythons.join(', '), compiler, openssl, packages?.join(' ') ?? 'not known');
  }),
];

const page = `# Which release can be had where

Written by \`vitest run --project shells test/unit/ovs/compat/page.test.ts -u\`, from the same tables that plans go by.

A plan says of each host whether a release can be had there:

- **proven**: somebody ran that pair, and it is written down where.
- **unproven**: \`configure\` takes it, and nobody here has seen it work. You are told, and it is done.
- **refused**: it cannot be; the reason, its source, and the nearest that can be had are told before anything is changed.

What counts is what \`configure\` enforces, not the FAQ: release 2.8 takes kernels up to 4.11, though its FAQ says 4.12.
Versions are compared as versions: 5.10 is after 5.8, and \`3.10.0-693.11.1.el7\` is 3.10.

Releases since 3.0 have no kernel module of their own: they use the kernel's (Linux 3.3 and later; release 4.0: 4.3 and
later, or the backports of Enterprise Linux).

Kernels of Enterprise Linux 7 and 8 pass the gate by their version, and are others by their backports. A module compiles there
only from the release on that was taught that minor release: 7.5: 2.8.3, 2.9.1, 2.10.0; 7.6: 2.10.3, 2.11.2, 2.12.0; 7.7:
2.12.1, 2.13.0; 7.8: 2.12.1, 2.13.1, 2.14.0; 8: 2.14.0; 8.4: 2.17.0 (git log of openvswitch/ovs).

Where the kernel loads signed modules alone (Secure Boot, lockdown, \`module.sig_enforce\`), a module of ours is refused unless
you sign it with a key that is enrolled there: see [kernel-modules.md](kernel-modules.md).

There never was a release 1.8 or 2.2, and the tags of 2.0.0 and 2.3.0 are \`v2.0\` and \`v2.3\`: both are refused with the right
name.

## Releases

${releases().join('\n')}

## Distributions

What their own packages offer. An interpreter that somebody installed besides is seen on the builder, and counts.

${distributions().join('\n')}
`;

it('the page on compatibility says what the tables say', async () => {
  await expect(page).toMatchFileSnapshot('../../../../docs/compatibility.md');
});
