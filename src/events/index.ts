export { type Bus, type BusOptions, createBus } from './bus.ts';
export { type MemorySink, memorySink, type Sink } from './sink.ts';
