import { FleetError } from '../model/error.ts';
import type { Hook } from '../model/hook.ts';
import type { Value } from '../model/host.ts';
import { parseHooks } from '../model/parse-hooks.ts';
import type { Rollout } from '../model/rollout.ts';
import { checkNodes } from './check-nodes.ts';
import type { Node, Verify } from './node.ts';
import type { ParamSpecs } from './param-types.ts';
import { type GivenParam, resolveParams } from './params.ts';
import type { HostView, NeededBuild, Play, PlaybookInput, Preflight } from './playbook.ts';
import { rolloutOf } from './rollout-input.ts';
import { tagList } from './tags.ts';

export type PlayHosts =
  | { readonly kind: 'pattern'; readonly pattern: string }
  | {
      readonly kind: 'builders';
      readonly for: string;
      readonly group: string;
      readonly needed: (view: HostView) => readonly NeededBuild[];
    };

/** A play with the parameters filled in. */
export interface ResolvedPlay {
  readonly title: string;
  readonly tags: readonly string[];
  readonly hosts: PlayHosts;
  readonly rollout: Rollout;
  readonly preflight: (view: HostView) => readonly Preflight[];
  /** What must hold on a host before the wave after its own begins. */
  readonly gates: (view: HostView) => readonly Verify[];
  /** The tree for one host. Of a play that builds: nothing, its trees come from `hosts.needed`. */
  readonly nodes: (view: HostView) => readonly Node[];
}

export interface ResolvedPlaybook {
  readonly title: string;
  readonly params: Readonly<Record<string, Value>>;
  readonly hooks: readonly Hook[];
  readonly plays: readonly ResolvedPlay[];
}

/** A playbook as the loader hands it on: its parameters' types are settled when they are resolved. */
export interface Playbook {
  readonly kind: 'ovsfleet-playbook';
  readonly title: string;
  readonly params: ParamSpecs;
  /** Throws a `FleetError` that names every parameter that is not right. */
  readonly resolve: (given: Readonly<Record<string, GivenParam>>) => ResolvedPlaybook;
}

const resolvePlay = <P>(play: Play<P>, params: P): ResolvedPlay => {
  const given = typeof play.rollout === 'function' ? play.rollout(params) : (play.rollout ?? {});
  const preflight: ResolvedPlay['preflight'] = (view) => play.preflight?.({ ...view, params }) ?? [];
  if (!('steps' in play)) {
    const { buildersFor, group } = typeof play.hosts === 'function' ? play.hosts(params) : play.hosts;
    return {
      title: play.title,
      tags: tagList(play.tags ?? [], play.title),
      // A builder that fails harms nobody, and another one may do its work.
      rollout: rolloutOf({ stopAfterFailures: '100%', ...given }, play.title),
      hosts: {
        kind: 'builders',
        for: buildersFor,
        group,
        needed: (view) => {
          const builds = play.builds({ ...view, params });
          return 'id' in builds ? [builds] : builds;
        },
      },
      preflight,
      gates: () => [],
      nodes: () => [],
    };
  }
  return {
    title: play.title,
    tags: tagList(play.tags ?? [], play.title),
    rollout: rolloutOf(given, play.title),
    preflight,
    hosts: { kind: 'pattern', pattern: typeof play.hosts === 'string' ? play.hosts : play.hosts(params) },
    gates: (view) => {
      const gates = play.gates?.({ ...view, params }) ?? [];
      return 'kind' in gates ? [gates] : gates;
    },
    nodes: (view) => {
      const tree = play.steps({ ...view, params });
      return checkNodes('kind' in tree ? [tree] : tree, play.title);
    },
  };
};

/** A playbook: what it may be told, and what it does to which hosts. */
export const playbook = <const S extends ParamSpecs>(input: PlaybookInput<S>): Playbook => {
  const titles = input.plays.map((play) => play.title);
  const twice = titles.find((title, index) => titles.indexOf(title) !== index);
  if (twice !== undefined) {
    throw new FleetError({
      code: 'playbook.duplicate-title',
      message: `Two plays of "${input.title}" are called "${twice}".`,
      remedy: 'Give each play a title of its own: addresses are made of titles.',
    });
  }
  return {
    kind: 'ovsfleet-playbook',
    title: input.title,
    params: input.params,
    resolve: (given) => {
      const { typed, plain } = resolveParams(input.params, given);
      return {
        title: input.title,
        params: plain,
        hooks: parseHooks(input.hooks ?? {}, input.title),
        plays: input.plays.map((play) => resolvePlay(play, typed)),
      };
    },
  };
};
