export { transportOver } from './connection-over.ts';
