export { jsonSink } from './json.ts';
export { createLook, type Look, type LookOptions } from './look.ts';
export type { LineOptions } from './narrate.ts';
export { type PlainSink, plainSink } from './plain.ts';
export { type PlanOptions, planView } from './plan.ts';
export { initialState, playPlan, type RunState, reduce } from './state.ts';
export { type SummaryOptions, summaryView } from './summary.ts';
export { type Terminal, type TerminalOptions, type TerminalSink, terminalSink } from './terminal.ts';
