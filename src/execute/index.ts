export { keepConnections } from './connections.ts';
export { endOf, gatherFacts, onEach } from './gather.ts';
export type { Interrupts } from './play-run.ts';
export { type RunInput, runPlaybook } from './run.ts';
export type { Connections, Services } from './services.ts';
