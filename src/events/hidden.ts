import type { Change } from '../model/change.ts';
import type { Problem } from '../model/error.ts';
import type { FleetEvent } from '../model/event.ts';
import type { FileDiff, Forecast, PlannedNode } from '../model/plan.ts';

type Hide = (text: string) => string;

const factsOf = (facts: NonNullable<Problem['facts']>, hide: Hide): NonNullable<Problem['facts']> =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? hide(fact) : fact]));

const problemOf = (problem: Problem, hide: Hide): Problem => ({
  ...problem,
  message: hide(problem.message),
  remedy: hide(problem.remedy),
  ...(problem.facts === undefined ? {} : { facts: factsOf(problem.facts, hide) }),
});

const changesOf = (changes: readonly Change[], hide: Hide): readonly Change[] =>
  changes.map(({ key, before, after }) => ({ key: hide(key), before: hide(before), after: hide(after) }));

const forecastOf = (forecast: Forecast, hide: Hide): Forecast => {
  switch (forecast.is) {
    case 'satisfied':
    case 'check':
      return forecast;
    case 'change':
    case 'fails':
      return { ...forecast, changes: changesOf(forecast.changes, hide) };
    case 'unknown':
      return { ...forecast, until: hide(forecast.until) };
    case 'error':
      return { ...forecast, message: hide(forecast.message) };
  }
};

const diffOf = (diff: FileDiff, hide: Hide): FileDiff =>
  diff.is === 'text' ? { ...diff, patch: hide(diff.patch) } : diff;

const nodeOf = (node: PlannedNode, hide: Hide): PlannedNode =>
  node.kind === 'step'
    ? {
        ...node,
        forecast: forecastOf(node.forecast, hide),
        ...(node.note === undefined ? {} : { note: hide(node.note) }),
        ...(node.diffs === undefined ? {} : { diffs: node.diffs.map((diff) => diffOf(diff, hide)) }),
      }
    : { ...node, children: node.children.map((child) => nodeOf(child, hide)) };

/**
 * The same event, without secrets in what hosts and errors said. Names (of hosts, steps, files, runs) stay as they are: by
 * them a run is gone on with, and none of them can be made of a `Secret`.
 */
export const hidden = (event: FleetEvent, hide: Hide): FleetEvent => {
  switch (event.type) {
    case 'step.output':
    case 'transaction.log':
      return { ...event, text: hide(event.text) };
    case 'step.finished':
      return {
        ...event,
        changes: changesOf(event.changes, hide),
        way: event.way === null ? null : { ...event.way, because: hide(event.way.because) },
        message: event.message === null ? null : hide(event.message),
      };
    case 'transaction.state':
      return { ...event, reason: event.reason === null ? null : hide(event.reason) };
    case 'link.lost':
      return { ...event, reason: hide(event.reason) };
    case 'host.finished':
      return { ...event, problem: event.problem === null ? null : problemOf(event.problem, hide) };
    case 'warning':
    case 'rollout.halted':
      return { ...event, problem: problemOf(event.problem, hide) };
    case 'gate.judged':
      return { ...event, failed: event.failed.map((each) => ({ ...each, problem: problemOf(each.problem, hide) })) };
    case 'host.planned': {
      const { plan } = event;
      const nodes = plan.nodes.map((node) => nodeOf(node, hide));
      return { ...event, plan: { ...plan, nodes, refusals: plan.refusals.map((refusal) => problemOf(refusal, hide)) } };
    }
    default:
      return event;
  }
};
