import type { HostOutcome } from './outcome.ts';

export const hookMoments = [
  'before-run',
  'after-run',
  'before-wave',
  'after-wave',
  'before-host',
  'after-host',
] as const;

export type HookMoment = (typeof hookMoments)[number];

/** Somebody who is asked before and told after: a command, or a service that takes a POST. */
export interface Hook {
  readonly at: HookMoment;
  readonly asks:
    | { readonly kind: 'command'; readonly argv: readonly string[] }
    | { readonly kind: 'post'; readonly url: string };
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** After how long one that said "wait" is asked again. */
  readonly askAgainMs: number;
  /** After how long of waiting it counts as a no. */
  readonly giveUpMs: number;
}

/** What a hook is told. It holds no variables of hosts and no parameters, since those may be secret. */
export interface HookMessage {
  readonly moment: HookMoment;
  readonly run: string;
  readonly playbook: string;
  readonly play: string | null;
  /** Counts from 1, as people are told. */
  readonly wave: number | null;
  readonly hosts: readonly string[];
  readonly outcome: HostOutcome | null;
}

export type HookAnswer =
  | { readonly is: 'go' }
  /** Not now: it is to be asked again. */
  | { readonly is: 'wait'; readonly reason: string }
  | { readonly is: 'halt'; readonly reason: string };

/** The one line that a hook is called by; a URL without what may be secret in it. */
export const hookTitle = ({ asks }: Hook): string => {
  switch (asks.kind) {
    case 'command':
      return asks.argv.join(' ');
    case 'post': {
      const { origin, pathname } = new URL(asks.url);
      return `${origin}${pathname}`;
    }
  }
};
