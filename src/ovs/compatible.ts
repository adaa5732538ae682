import type { Facts } from '../model/facts.ts';
import type { Preflight } from '../playbook/index.ts';
import { sh, using } from '../shell/index.ts';
import { buildIn } from './build.ts';
import type { BuildParams } from './build-params.ts';
import { type Finding, type Pair, runPackages, type SeenTools, verdictOf } from './compat/index.ts';
import { layoutIn } from './layout.ts';
import { withInstall } from './libraries.ts';
import { packagesFor, withPackages } from './tools.ts';

const pairOf = (params: BuildParams, facts: Facts, seen: SeenTools | null): Pair => ({
  version: params.version,
  kernel: facts.kernel,
  distro: facts.distro,
  distroVersion: facts.distroVersion,
  module: 'in-tree',
  ssl: params.ssl ?? 'on',
  dpdk: params.dpdk ?? '',
  signatures: 'unknown',
  signing: 'no key',
  seen,
});

const refusals = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap((found) =>
    found.is === 'refused' ? [`${found.because} (${found.source}); what can be had: ${found.instead}`] : [],
  );

const doubts = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap((found) => (found.is === 'unproven' ? [`unproven: ${found.because} (${found.source})`] : []));

/** Whether a host's kernel can serve a release, by the table of docs/compatibility.md; asked before anything is built. */
export const compatible = (params: BuildParams, facts: Facts): readonly Preflight[] => {
  // The first is about the kernel; the others are about compiling, and asked of builders.
  const findings = verdictOf(pairOf(params, facts, null)).findings.slice(0, 1);
  return [
    {
      title: 'compatibility',
      refuses: sh`:`,
      judge: () => refusals(findings),
      remedy: 'take what can be had, or leave this host out with --limit',
    },
    {
      title: 'what nobody has proven',
      notes: sh`:`,
      judge: () => doubts(findings),
      remedy: 'nothing, or try one host first: --limit HOST',
      of: 'pending',
    },
    ...tlsRefused(params, facts),
  ];
};

/** A build without TLS says nothing when a controller at `ssl:` is not reached any more: it is asked for beforehand. */
const tlsRefused = (params: BuildParams, facts: Facts): readonly Preflight[] =>
  params.ssl === 'off' && facts.ovs !== null && facts.ovs.owner !== 'container'
    ? [
        {
          title: 'TLS',
          refuses: withInstall(sh`ovs_tls_users`),
          remedy: 'build with TLS: leave out -e ssl=off, or let those be reached by tcp: first',
        },
      ]
    : [];

/** Megabytes that a build takes below /var/cache/ovsfleet, by what one took. */
const diskNeeded = 900;
/** Megabytes of memory and swap that one compiler takes. */
const memoryNeeded = 350;

const record = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

const versionOf = (text: string | undefined): string => (text !== undefined && /^\d/.test(text) ? text : '');

/** What was seen on a builder, by the survey of its tools. */
export const seenTools = (survey: ReadonlyMap<string, string>): SeenTools => ({
  pythons: [...survey.keys()].flatMap((key) => /^python\.(\d[\d.]*)$/.exec(key)?.[1] ?? []),
  compiler: versionOf(survey.get('tool.compiler')),
  openssl: versionOf(survey.get('headers.openssl')),
});

/** Whether what is missing can be installed by name, and told. */
const namesKnown = ({ distro, distroVersion }: Facts): boolean => runPackages(distro, distroVersion) !== null;

/** Why a builder cannot make a build, by what it printed of itself. */
export const builderObjections = (answer: string, params: BuildParams, facts: Facts): readonly string[] => {
  const survey = record(answer);
  const number = (key: string): number => Number(survey.get(key) ?? 0);
  const [, ...tools] = verdictOf(pairOf(params, facts, seenTools(survey))).findings;
  const missing = survey.get('missing') ?? 'none';
  const memory = number('memory') + number('swap');
  return [
    ...refusals(tools),
    ...(params.install_deps === false && missing !== 'none' ? [`these packages are missing: ${missing}`] : []),
    ...(number('free.build') < diskNeeded
      ? [
          `there are ${survey.get('free.build') ?? '?'} MB free below /var/cache/ovsfleet, and a build takes ${diskNeeded}`,
        ]
      : []),
    ...(memory < memoryNeeded
      ? [`there are ${memory} MB of memory and swap free, and a compiler takes ${memoryNeeded}`]
      : []),
    ...(survey.get('headers.openssl') === 'none' && params.ssl !== 'off' && !namesKnown(facts)
      ? ['there are no headers of OpenSSL, so configure would leave TLS out without a word (ssl=off says that it may)']
      : []),
    ...(survey.get('dev.urandom') === 'no' ? ['there is no /dev/urandom, which every program of it needs'] : []),
  ];
};

/** Whether a builder can make what hosts like it need: asked of each, and the next is tried when it cannot. */
export const buildable = (params: BuildParams, facts: Facts): readonly Preflight[] => {
  // Packages do not depend on the layout.
  const packages = packagesFor(buildIn(layoutIn('/etc', '/var'), params, facts), params, facts);
  return [
    {
      title: 'compiling',
      refuses: using(
        ['ovs-build-facts'],
        withPackages(sh`
          ovs_tool_facts
          ovs_room_facts
          printf 'missing=%s\n' "$(ovs_packages_missing ${packages})"
        `),
      ),
      judge: (answer) => builderObjections(answer, params, facts),
      remedy: 'mend that, or add another builder of this platform',
    },
  ];
};
