import { readFile } from 'node:fs/promises';
import { removeLab } from '../../../src/lab/index.ts';
import { bringUp, ownName } from '../../lab/support/bring-up.ts';
import { controller } from '../../lab/support/product.ts';
import { type Settings, wordsOf } from '../kernel/ask.ts';

/**
 * The release that a lab's packaged hosts are upgraded to, compiled natively by the lab's builder into the store that all proofs
 * share: the machines have the same distribution and layout, and an emulated processor would take an hour. Gives the parameters
 * that name it.
 */
export const releaseInStore = async (): Promise<Settings> => {
  const name = ownName('proof-release');
  const lab = await bringUp(name, { pkg31: 1, builder: 1 });
  try {
    const operator = await controller(lab, 'operator', { limitMs: 3_000_000 });
    const compiled = await operator.run(['run', 'playbooks/compile.ts', '--no-type-check']);
    if (compiled.code !== 0) throw new Error(`the release was not compiled: ${wordsOf(compiled)}`);
    const inventory = await readFile(lab.inventoryFile, 'utf8');
    const said = (param: string): string => new RegExp(`^ +${param}: "(.*)"$`, 'm').exec(inventory)?.[1] ?? '';
    return Object.fromEntries(['version', 'source', 'sha256', 'cflags'].map((param) => [param, said(param)]));
  } finally {
    await removeLab(name);
  }
};
