export {
  confirmBatch,
  listBatch,
  prepareBatch,
  putRightBatch,
  showBatch,
  undoBatch,
  watchBatch,
} from './attach.ts';
export {
  applyBatch,
  type BatchOptions,
  type BatchStep,
  type LockText,
  probeBatch,
  releaseBatch,
  type Way,
} from './batch.ts';
export { type BatchPart, type FrameReader, frameReader } from './frames.ts';
export { quote } from './quote.ts';
export { remoteScript } from './remote-script.ts';
export { joined, type LibrarySource, type Script, type ScriptValue, sh, using, withInput } from './script.ts';
export { type SecretBook, secretBook } from './secret-book.ts';
export { phaseTitles, type TransactionText } from './transaction.ts';
