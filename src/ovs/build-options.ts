import { FleetError } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { BuildParams } from './build-params.ts';
import { atLeast } from './compat/index.ts';

/** What machines of an architecture are called where tools for them are named. */
const triplets: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'x86_64-linux-gnu'],
  ['aarch64', 'aarch64-linux-gnu'],
  ['ppc64le', 'powerpc64le-linux-gnu'],
  ['s390x', 's390x-linux-gnu'],
  ['mips64', 'mips64-linux-gnuabi64'],
]);

const crossOptions = ({ cross_from = '' }: BuildParams, { arch }: Facts): readonly string[] => {
  if (cross_from === '' || cross_from === arch) return [];
  const triplet = triplets.get(arch);
  if (triplet !== undefined) return [`--host=${triplet}`];
  throw new FleetError({
    code: 'ovs.cross',
    message: `Nobody here knows what tools for ${arch} are called.`,
    remedy: 'Say it with -e configure=--host=TRIPLET, or build on hosts of that architecture.',
  });
};

/** Options that would take the build out of its own directory, or the host's database out of its sight. */
const ours =
  /^--(prefix|exec-prefix|bindir|sbindir|datadir|datarootdir|sysconfdir|localstatedir|with-(rundir|dbdir|logdir))(=|$)/;

const extraOptions = (text: string): readonly string[] => {
  const options = text.split(/\s+/).filter((word) => word !== '');
  const wrong = options.find((option) => ours.test(option) || !/^(--?[\w-]+(=.*)?|[A-Z][A-Z0-9_]*=.*)$/.test(option));
  if (wrong === undefined) return options;
  throw new FleetError({
    code: 'ovs.configure-option',
    message: `${wrong} cannot be given to configure here.`,
    remedy: ours.test(wrong)
      ? 'Each build has a directory of its own, and the layout of the host it is for: leave that option out.'
      : 'Write options such as --enable-Werror or LDFLAGS=-static, with blanks between.',
  });
};

/** Since 2.15 it is found by pkg-config, and linked statically or not; before, by the directory of its build (NEWS of 2.15). */
const dpdkOptions = ({ version, dpdk = '', dpdk_link: link = 'shared' }: BuildParams): readonly string[] => {
  if (dpdk === '') return [];
  if (atLeast(version, '2.15') === ['shared', 'static'].includes(link)) return [`--with-dpdk=${link}`];
  throw new FleetError({
    code: 'ovs.dpdk',
    message: `dpdk_link=${link} does not go with release ${version}.`,
    remedy: atLeast(version, '2.15')
      ? 'Say -e dpdk_link=shared or static.'
      : 'Say the directory of the build of DPDK: -e dpdk_link=/usr/src/dpdk/build',
  });
};

/** The options of configure besides directories: all that changes what is built. Throws for those that cannot be given. */
export const configureOptions = (params: BuildParams, facts: Facts): readonly string[] => {
  const { cflags, ssl = 'on', libcapng = 'auto', configure = '' } = params;
  return [
    ...crossOptions(params, facts),
    `CFLAGS=${cflags}`,
    ...(ssl === 'on' ? [] : [ssl === 'off' ? '--disable-ssl' : '--enable-ssl']),
    ...(libcapng === 'auto' ? [] : [libcapng === 'off' ? '--disable-libcapng' : '--enable-libcapng']),
    ...dpdkOptions(params),
    ...extraOptions(configure),
  ];
};
