import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Both src/cli and dist/cli lie two folders below it. */
export const packageRoot: string = fileURLToPath(new URL('../../', import.meta.url));

/** Whether this is a checkout run from its sources, and not an installed package. */
export const fromSources: boolean = import.meta.url.endsWith('.ts');

/** What a playbook's `import 'ovsfleet'` is type-checked against. */
export const typesOfIndex = (): string => {
  const built = `${packageRoot}dist/index.d.ts`;
  return fromSources || !existsSync(built) ? `${packageRoot}src/index.ts` : built;
};

export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8'))).version;
