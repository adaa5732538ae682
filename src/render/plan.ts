import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { HostPlan, PlannedNode, PlayPlan } from '../model/plan.ts';
import { hasChanges } from '../model/plan.ts';
import type { Look } from './look.ts';
import { treeLines } from './plan-tree.ts';
import { counted } from './text.ts';

export interface PlanOptions {
  readonly look: Look;
  readonly columns: number;
}

/**
 * What a play would do, hosts with equal plans together. Why hosts are refused is told beside it, once for all plays.
 * @param troubled hosts that met a problem: those of them without a plan here are named, too
 */
export const planView = (play: PlayPlan, options: PlanOptions, troubled: readonly string[] = []): readonly string[] => {
  const alike = new Map<string, HostPlan[]>();
  for (const plan of play.hosts) {
    const key = keyOf(plan);
    alike.set(key, [...(alike.get(key) ?? []), plan]);
  }
  const planned = new Set(play.hosts.map(({ host }) => host));
  const unplanned = [...new Set(troubled)].filter((host) => host !== '' && !planned.has(host));
  return [
    options.look.paint('strong', play.title),
    ...[...alike.values()].flatMap((plans) => groupLines(plans, options)),
    ...(unplanned.length === 0 ? [] : [seeProblems(unplanned, 'no plan', options)]),
    ...(play.waves.length === 0 ? [] : [rolloutText(play, options.look)]),
  ];
};

/** Hosts are alike when they will be treated alike; each may be probed from another peer, and is called another name. */
const keyOf = ({ nodes, refusals }: HostPlan): string =>
  refusals.length > 0 ? 'refused' : JSON.stringify(nodes.map(withoutProbe));

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
  if (first.refusals.length > 0) return [seeProblems(hosts, 'refused', options)];
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

const seeProblems = (hosts: readonly string[], word: string, { look }: PlanOptions): string =>
  `${heading(hosts, look)}  ${look.paint('bad', word)}${look.paint('quiet', ', see Problems')}`;

/** `waves hv01 │ hv[02-09]   4 at a time; stops after 1 failure` */
export const rolloutText = (play: Omit<PlayPlan, 'hosts' | 'title'>, { glyphs, paint }: Look): string => {
  const waves = play.waves.map((wave) => foldHosts(wave)).join(` ${glyphs.between} `);
  const pause = play.pauseMs > 0 && play.waves.length > 1 ? `; ${formatDuration(play.pauseMs)} between waves` : '';
  const rules = `${play.concurrency} at a time; stops after ${counted(play.stopAfter, 'failure')}${pause}`;
  return `${paint('quiet', play.waves.length === 1 ? 'one wave' : 'waves')} ${waves}   ${paint('quiet', rules)}`;
};
