import type { Lab } from '../../../src/lab/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import type { Controller, Running } from '../../lab/support/product.ts';

/** Where a case takes place: a lab, the host that it happens to, and the run. */
export interface Scene {
  readonly lab: Lab;
  readonly victim: string;
  readonly operator: Controller;
  /** `null` before it was started. */
  readonly running: Running | null;
  /** Lets the victim's work go on that waits. */
  readonly release: () => Promise<void>;
}

export type Act = (scene: Scene) => Promise<void>;

/** When it happens. */
export type Moment =
  | { readonly is: 'before the run' }
  /** The first event that fits. */
  | { readonly is: 'event'; readonly fits: (event: Stamped, victim: string) => boolean };

/** One fault, and what must come of it. */
export interface Case {
  readonly fault: string;
  readonly when: string;
  readonly host: 'light' | 'systemd' | 'tight' | 'over' | 'agent' | 'packaged';
  /** What is run: three steps and a file, or the swap of the switch. */
  readonly playbook: 'journey' | 'swap';
  /** Whether the victim is of the first wave, or the only one of the last. */
  readonly turn: 'first' | 'last';
  /** How the inventory says where the victim is. */
  readonly reachedBy: 'address' | 'name';
  /** The victim's variables in the inventory. */
  readonly vars: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  /** Before the run: what makes the fault possible, and is none yet. */
  readonly prepare: Act;
  readonly at: Moment;
  readonly inject: Act;
  /** What ends the fault: while the run goes on, or once it is over. */
  readonly mend: Act;
  readonly mended: 'meanwhile' | 'afterwards';
  readonly said: {
    /** `null`: it was killed. */
    readonly code: number | null;
    readonly outcome: string;
    /** In the sentence that says why. */
    readonly because: RegExp;
  };
  /** How the others may end. */
  readonly others: readonly string[];
  /** What is typed afterwards, until all is as wanted. */
  readonly next: 'nothing' | 'resume' | 'run again';
  /** More that must be true in the end, with a word on it for the table. */
  readonly also: ((scene: Scene) => Promise<string>) | null;
}

/** A case in which nothing is unusual but what is said. */
export const caseOf = (given: Pick<Case, 'fault' | 'when' | 'inject' | 'said' | 'next'> & Partial<Case>): Case => ({
  host: 'light',
  playbook: 'journey',
  turn: 'first',
  reachedBy: 'address',
  vars: {},
  flags: [],
  prepare: async () => undefined,
  at: working,
  mend: async () => undefined,
  mended: 'afterwards',
  others: ['changed', 'not-started'],
  also: null,
  ...given,
});

/** The victim's second step has begun, and waits to be let go on. */
export const working: Moment = {
  is: 'event',
  fits: (event, victim) => event.type === 'step.started' && event.host === victim && event.step === 'worked',
};

/** Nothing went wrong that anybody would have to be told of. */
export const well: Case['said'] = { code: 0, outcome: 'changed', because: /^$/ };

/** Shell text of work that waits until the test lets it go on. */
export const waits = 'until [ -e /root/go ]; do sleep 0.2; done';
