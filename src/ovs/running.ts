import { type Node, type Step, step, type Unchanged } from '../playbook/index.ts';
import { sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import { exchanged, exchangeUndone, forwardingKept } from './exchange.ts';
import { withOvs } from './libraries.ts';
import { readRunning, runningAsWanted } from './read-running.ts';

/** The daemons run this build: released, database converted, restarted under their owner, flows restored. */
export const running = (build: Build): Step =>
  step('running', {
    read: readRunning(build),
    want: runningAsWanted(build),
    make: exchanged(sh`${build.prefix}`),
    undo: exchangeUndone,
  });

/** Flows, groups, meters, ports, ids and database rows read after the body as they did before it. */
export const forwardingUnchanged = (build: Build, ...nodes: readonly Node[]): Unchanged =>
  forwardingKept(withOvs(sh`ovs_capture ${build.prefix}`), ...nodes);
