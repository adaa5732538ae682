export { factsScript, parseFacts } from './facts.ts';
