import type { Facts } from '../model/facts.ts';
import { type Node, step } from '../playbook/index.ts';
import { type Script, sh, using } from '../shell/index.ts';
import type { Build } from './build.ts';
import type { BuildParams } from './build-params.ts';
import { buildPackages, runPackages } from './compat/index.ts';

export const withPackages = (script: Script): Script => using(['ovs-base', 'ovs-deps'], script);

/** The packages that a build is made with on hosts like this one; none where nobody knows their names. */
export const packagesFor = (build: Build, params: BuildParams, { distro, distroVersion }: Facts): readonly string[] =>
  buildPackages(distro, distroVersion, build.series, {
    ssl: params.ssl ?? 'on',
    capng: params.libcapng ?? 'auto',
    configure: build.source.configure,
  }) ?? [];

const installed = (title: string, packages: readonly string[]): readonly Node[] =>
  packages.length === 0
    ? []
    : [
        step(title, {
          read: withPackages(sh`printf 'missing=%s\n' "$(ovs_packages_missing ${packages})"`),
          want: { missing: 'none' },
          make: withPackages(sh`ovs_packages_install ${packages}`),
        }),
      ];

/** What a build is made with is installed on its builder, unless the operator said to leave that to him. */
export const buildTools = (build: Build, params: BuildParams, facts: Facts): readonly Node[] =>
  params.install_deps === false ? [] : installed(`tools for build ${build.id}`, packagesFor(build, params, facts));

/** The libraries and programs that a built release runs with. */
export const runtime = (params: BuildParams, { distro, distroVersion }: Facts): readonly Node[] =>
  params.install_deps === false
    ? []
    : installed('what Open vSwitch runs with', runPackages(distro, distroVersion) ?? []);
