export { jsonSink } from './json.ts';
export { createLook, type Look } from './look.ts';
export { plainSink } from './plain.ts';
export { planView } from './plan.ts';
export { initialState, playPlan, type RunState, reduce } from './state.ts';
export { summaryView } from './summary.ts';
export { type Terminal, type TerminalSink, terminalSink } from './terminal.ts';
