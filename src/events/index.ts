export { type Bus, createBus } from './bus.ts';
export { memorySink, type Sink } from './sink.ts';
