export { factsDifferences } from './differences.ts';
export { factsScript, parseFacts } from './facts.ts';
