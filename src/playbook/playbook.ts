import type { Facts } from '../model/facts.ts';
import type { Value } from '../model/host.ts';
import type { HooksInput } from '../model/parse-hooks.ts';
import type { Script } from '../shell/index.ts';
import type { Node, Verify } from './node.ts';
import type { ParamSpecs, ParamValues } from './param-types.ts';
import type { RolloutInput } from './rollout-input.ts';

/** What playbook code sees of the host it makes a tree for: nothing that a successful run changes. */
export interface HostView {
  readonly facts: Facts;
  readonly host: {
    readonly name: string;
    readonly groups: readonly string[];
    readonly vars: Readonly<Record<string, Value>>;
  };
}

export interface Context<P> extends HostView {
  readonly params: P;
}

/** Something that is built once for all hosts of a platform. */
export interface Buildable {
  /** A hash of all that the result depends on. */
  readonly id: string;
  /** The platform it must be built on, as `platformOf` names it. */
  readonly platform: string;
}

/** A build with the step that makes it. */
export interface NeededBuild extends Buildable {
  readonly node: Node;
}

/** Hosts on which the builds are made that other hosts need. */
export interface BuilderHosts {
  /** The hosts that need builds. */
  readonly buildersFor: string;
  /** The pattern of the hosts that make them. */
  readonly group: string;
}

/**
 * The hosts of a play are those of group `builders` whose platform fits a build that the hosts of `pattern` need; each
 * distinct build is made once, by one of them, and none that the controller has in store already. When one fails, the
 * next whose platform fits is tried.
 */
export const buildersFor = (pattern: string, group = 'builders'): BuilderHosts => ({ buildersFor: pattern, group });

/** `debian-12-x86_64`: hosts with the same one can run each other's builds of userspace. */
export const platformOf = (facts: Facts): string => `${facts.distro}-${facts.distroVersion}-${facts.arch}`;

/** The platform of a build that only this host itself may make, where none shall be shared. */
export const platformOnly = (facts: Facts, host: string): string => `${platformOf(facts)} on ${host}`;

/** Reasons why a host cannot be done, asked by the planner alone. */
export interface Refusal {
  readonly title: string;
  /** Prints a line for each reason against, nothing when there is none; with `judge`, what that needs to know. */
  readonly refuses: Script;
  /** Makes reasons of what was printed. */
  readonly judge?: (answer: string) => readonly string[];
  /** What to do about any of them. */
  readonly remedy: string;
}

/** What an operator should know of a host, though it is no reason against it. */
export interface Note {
  readonly title: string;
  /** Prints a line for each thing to tell; with `judge`, what that needs to know. */
  readonly notes: Script;
  /** Makes sentences of what was printed. */
  readonly judge?: (answer: string) => readonly string[];
  readonly remedy: string;
  /** The hosts it is told of: those that have something to do, or every one that the play takes. */
  readonly of: 'pending' | 'every';
}

/** Read before anything is changed; it yields words for the operator, never values for a playbook. */
export type Preflight = Refusal | Note;

interface PlayBase<P> {
  readonly title: string;
  /** Words that runs may select all of it by, as `tagged` gives them to a node. */
  readonly tags?: string | readonly string[];
  readonly rollout?: RolloutInput | ((params: P) => RolloutInput);
}

/** A play over the hosts of a pattern. */
export interface HostPlay<P> extends PlayBase<P> {
  readonly hosts: string | ((params: P) => string);
  readonly preflight?: (context: Context<P>) => readonly Preflight[];
  /** What must hold on every host of a wave, once its pause is over, before the next wave begins. */
  readonly gates?: (context: Context<P>) => Verify | readonly Verify[];
  readonly steps: (context: Context<P>) => Node | readonly Node[];
}

/** A play that makes what other hosts need. */
export interface BuildPlay<P> extends PlayBase<P> {
  readonly hosts: BuilderHosts | ((params: P) => BuilderHosts);
  /** Asked of each builder; the next one is tried when it refuses. */
  readonly preflight?: (context: Context<P>) => readonly Preflight[];
  /** What a host needs, and the steps that make it; hosts that need the same id share one build. */
  readonly builds: (context: Context<P>) => NeededBuild | readonly NeededBuild[];
}

export type Play<P> = HostPlay<P> | BuildPlay<P>;

export interface PlaybookInput<S extends ParamSpecs> {
  readonly title: string;
  readonly params: S;
  /** Who is asked before the run, a wave and a host, and told after each. */
  readonly hooks?: HooksInput;
  readonly plays: readonly Play<ParamValues<S>>[];
}
