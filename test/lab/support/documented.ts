import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The examples of docs/operations.md, in their order. */
export const examples = async (): Promise<readonly string[]> => {
  const text = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
};

/** Writes a playbook of one play over all hosts, with these steps and the files that they name. Gives its path. */
export const writePlaybook = async (
  directory: string,
  name: string,
  steps: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<string> => {
  await mkdir(join(directory, 'files'), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, 'files', file), content);
  const path = join(directory, `${name}.ts`);
  await writeFile(
    path,
    `import { ops, param, playbook, sh, step, transaction } from 'ovsfleet';
export const vocabulary = { ops, param, sh, step, transaction };
export default playbook({
  title: '${name}',
  params: { mirror: param.string('a web server', { default: '' }), tool_sha256: param.string('a digest', { default: '' }) },
  plays: [{ title: 'all', hosts: 'all', steps: (${steps.includes('params.') ? '{ params }' : ''}) => [${steps}] }],
});
`,
  );
  return path;
};
