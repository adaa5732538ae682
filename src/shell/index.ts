export { applyBatch, type BatchOptions, type BatchStep, probeBatch, type Way } from './batch.ts';
export { type BatchPart, type FrameReader, frameReader } from './frames.ts';
export { quote } from './quote.ts';
export { type LibrarySource, type Script, type ScriptValue, sh, using } from './script.ts';
export { confirmBatch, phaseTitles, prepareBatch, type TransactionText, watchBatch } from './transaction.ts';
