import type { HostProblem } from '../model/causes.ts';
import { causesOf, withoutHost } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { HostPlan, PlannedNode, PlayPlan } from '../model/plan.ts';
import { hasChanges } from '../model/plan.ts';
import type { Look } from './look.ts';
import { treeLines } from './plan-tree.ts';
import { columnsOf, counted, wrap } from './text.ts';

export interface PlanOptions {
  readonly look: Look;
  readonly columns: number;
}

/**
 * What a play would do, hosts with equal plans together.
 * @param problems why hosts have no plan: they could not be reached, say
 */
export const planView = (
  play: PlayPlan,
  options: PlanOptions,
  problems: readonly HostProblem[] = [],
): readonly string[] => {
  const alike = new Map<string, HostPlan[]>();
  for (const plan of play.hosts) {
    const key = keyOf(plan);
    alike.set(key, [...(alike.get(key) ?? []), plan]);
  }
  const unplanned = causesOf(problems.filter(({ host }) => !play.hosts.some((plan) => plan.host === host)));
  return [
    options.look.paint('strong', play.title),
    ...[...alike.values()].flatMap((plans) => groupLines(plans, options)),
    ...unplanned.flatMap((cause) => refusal(cause.hosts, 'no plan', cause, options)),
    ...(play.waves.length === 0 ? [] : [rolloutText(play, options.look)]),
  ];
};

/** Hosts are alike when they will be treated alike; each may be probed from another peer, and is called another name. */
const keyOf = ({ host, nodes, refusals }: HostPlan): string =>
  JSON.stringify([
    nodes.map(withoutProbe),
    refusals.map(({ message, remedy }) => [message.replaceAll(host, '‹host›'), remedy.replaceAll(host, '‹host›')]),
  ]);

const withoutProbe = (node: PlannedNode): unknown => {
  if (node.kind === 'step') return node;
  const children = node.children.map(withoutProbe);
  return node.kind === 'watched' ? { ...node, children, probe: node.probe !== null } : { ...node, children };
};

const groupLines = (plans: readonly HostPlan[], options: PlanOptions): readonly string[] => {
  const { look, columns } = options;
  const [first] = plans;
  if (first === undefined) return [];
  const hosts = plans.map((plan) => plan.host);
  if (first.refusals.length > 0) {
    return first.refusals.flatMap(({ message, remedy }) =>
      refusal(hosts, 'refused', { message: withoutHost(first.host, message), remedy }, options),
    );
  }
  if (!hasChanges(first)) return [`${heading(hosts, look)}  ${look.paint('good', 'nothing to do')}`];
  const probes = plans.flatMap((plan) => plan.nodes.flatMap(probesOf));
  return [heading(hosts, look), ...treeLines(first.nodes, 1, { look, columns, probes })];
};

const probesOf = (node: PlannedNode): readonly { readonly from: string; readonly to: string }[] => {
  if (node.kind === 'step') return [];
  const inner = node.children.flatMap(probesOf);
  return node.kind === 'watched' && node.probe !== null ? [node.probe, ...inner] : inner;
};

const heading = (hosts: readonly string[], look: Look): string =>
  `${look.paint('strong', foldHosts(hosts))} ${look.paint('quiet', `(${new Set(hosts).size})`)}`;

const refusal = (
  hosts: readonly string[],
  word: string,
  why: { readonly message: string; readonly remedy: string },
  { look, columns }: PlanOptions,
): readonly string[] => {
  const head = `${heading(hosts, look)}  ${look.paint('bad', `${word}:`)} ${why.message}`;
  const remedy = `${look.glyphs.arrow} ${why.remedy}`;
  if (columnsOf(head) + 2 + columnsOf(remedy) <= columns) return [`${head}  ${remedy}`];
  return [
    `${heading(hosts, look)}  ${look.paint('bad', `${word}:`)}`,
    ...wrap(why.message, columns - 4).map((text) => `    ${text}`),
    `    ${remedy}`,
  ];
};

/** `waves hv01 │ hv[02-09]   4 at a time; stops after 1 failure` */
export const rolloutText = (play: Omit<PlayPlan, 'hosts' | 'title'>, { glyphs, paint }: Look): string => {
  const waves = play.waves.map((wave) => foldHosts(wave)).join(` ${glyphs.between} `);
  const pause = play.pauseMs > 0 && play.waves.length > 1 ? `; ${formatDuration(play.pauseMs)} between waves` : '';
  const rules = `${play.concurrency} at a time; stops after ${counted(play.stopAfter, 'failure')}${pause}`;
  return `${paint('quiet', play.waves.length === 1 ? 'one wave' : 'waves')} ${waves}   ${paint('quiet', rules)}`;
};
