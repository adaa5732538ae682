export {
  type ByHand,
  type ListedTransaction,
  listTransactions,
  settleByHand,
  showTransaction,
  type TransactionStory,
  undoByHand,
} from './by-hand.ts';
export { keepConnections } from './connections.ts';
export { type Controls, uncontrolled } from './controls.ts';
export { endOf, gatherFacts, lookAt, onEach } from './gather.ts';
export { runPlaybook } from './run.ts';
export type { Interrupts, RunInput } from './run-input.ts';
export type { Connections, HostLock, Services } from './services.ts';
export type { AskedStep, AskStep } from './step-by-step.ts';
