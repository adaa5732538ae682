import { type Node, type Playbook, playbook, type Step, step } from '../../../../src/playbook/index.ts';
import type { RolloutInput } from '../../../../src/playbook/rollout-input.ts';
import { type Script, sh } from '../../../../src/shell/index.ts';

/** Where hosts note what was done to them, a word each; a step that was made twice is there twice. */
const made = '/var/lib/made';

const fileOf = (what: string): string => `/var/lib/${what}`;

/** A step that is true when a file says `yes`, and notes each time that it is made. */
export const set = (what: string, more: Partial<Parameters<typeof step>[1]> = {}): Step =>
  step(what, {
    read: sh`cat ${fileOf(what)} 2>/dev/null || echo no`,
    want: 'yes',
    make: making(what),
    ...more,
  });

/** What makes it so, after `first`. */
export const making = (what: string, first: Script = sh`:`): Script =>
  sh`
    ${first}
    echo ${what} >>${made}
    echo yes >${fileOf(what)}
  `;

/** What a host says it was done, in order. */
export const madeOn = `cat ${made} 2>/dev/null || :`;
/** Makes it as wanted beforehand. */
export const setAlready = (what: string): string => `echo yes >${fileOf(what)}`;

/** A playbook of one play over all hosts. */
export const onePlay = (nodes: readonly Node[], rollout: RolloutInput = {}): Playbook =>
  playbook({ title: 'test', params: {}, plays: [{ title: 'play', hosts: 'all', rollout, steps: () => nodes }] });
