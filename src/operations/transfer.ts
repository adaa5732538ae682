import { type Script, using } from '../shell/index.ts';
import { refuse } from './refuse.ts';

export const withTransfer = (script: Script): Script => using(['op-files', 'op-transfer'], script);

/** Throws `operations.sha256` unless it is one, in lower case. */
export const sha256Of = (text: string, title: string): string => {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw refuse('sha256', `${title}: "${text}" is no sha256.`, 'See it: sha256sum FILE');
};
