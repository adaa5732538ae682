import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import * as ovsfleet from '../index.ts';
import type { Playbook } from '../playbook/index.ts';
export const openPlaybook = async (file: string, _typeCheck: boolean): Promise<Playbook> => {
  const jiti = createJiti(import.meta.url, {
    virtualModules: { ovsfleet },
    fsCache: false,
    interopDefault: false,
  } as never);
  return (await jiti.import(resolve(file), { default: true })) as Playbook;
};
