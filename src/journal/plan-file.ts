import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FleetError } from '../model/error.ts';
import { type PlanDocument, planFormat, type Reading } from '../model/plan-document.ts';
import { everything } from '../model/selection.ts';
import { reason } from './runs.ts';
import { facts, problem, selection, strings, value } from './schema-values.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const reading: z.ZodType<Reading> = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('value'), text: z.string() }),
  z.strictObject({ is: z.literal('unknown'), until: z.string() }),
  z.strictObject({ is: z.literal('error'), message: z.string() }),
]);

const node = z.strictObject({
  title: z.string(),
  kind: z.string(),
  depth: z.int().min(0),
  script: digest,
  exact: digest,
  libraries: z.record(z.string(), digest),
  reading: z.strictObject({ was: reading, want: z.string() }).nullable(),
});

const host = z.strictObject({
  role: z.enum(['selected', 'builder']),
  inventory: z.strictObject({
    address: z.string(),
    port: z.int(),
    user: z.string(),
    groups: strings,
    vars: z.record(z.string(), digest),
  }),
  facts: facts.nullable(),
  leftOut: problem.nullable(),
  trees: z.array(z.strictObject({ play: z.int().min(0), nodes: z.array(node) })),
});

const kind = 'ovsfleet-plan';

const schema: z.ZodType<PlanDocument & { readonly kind: typeof kind }> = z.strictObject({
  kind: z.literal(kind),
  format: z.literal(planFormat),
  id: z.string(),
  version: z.string(),
  machinery: digest,
  madeAt: z.number(),
  title: z.string(),
  playbook: z.string(),
  sources: z.array(z.strictObject({ file: z.string(), sha256: digest })),
  inventory: strings,
  limit: z.string().nullable(),
  selection: selection.default(everything),
  params: z.record(z.string(), value),
  store: z.string(),
  plays: strings,
  hosts: z.record(z.string(), host),
  scripts: z.record(digest, z.string()),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where a run that goes by a plan keeps it. */
export const planOfRun = (directory: string): string => join(directory, 'plan.json');

/**
 * Writes a plan for its owner alone: aside, then renamed, so that no half of one is ever there.
 * @throws FleetError `plan.unwritable`
 */
export const writePlan = async (file: string, plan: PlanDocument): Promise<void> => {
  const text = `${JSON.stringify({ kind, ...plan }, null, 2)}\n`;
  try {
    await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  } catch (error) {
    throw new FleetError(
      {
        code: 'plan.unwritable',
        message: `The plan cannot be written to ${file}: ${reason(error)}.`,
        remedy: 'Give a path in a directory that you can write to: --out FILE',
        facts: { file },
      },
      error,
    );
  }
};

const damaged = (file: string, where: string, fault: string): FleetError =>
  new FleetError({
    code: 'plan.damaged',
    message: `${file}${where} is not a plan that can be gone by: ${fault}.`,
    remedy: 'Make a new one: ovsfleet plan PLAYBOOK -i INVENTORY --out FILE',
    facts: { file },
  });

/** Line and column of a fault that JSON.parse names by its place in the text. */
const placeOf = (text: string, message: string): string => {
  const [, at] = /position (\d+)/.exec(message) ?? [];
  if (at === undefined) return '';
  const before = text.slice(0, Number(at)).split('\n');
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
};

const parsed = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [fault = ''] = reason(error).split(' in JSON');
    throw damaged(file, placeOf(text, reason(error)), fault.replace(/\.$/, ''));
  }
};

const formatOf = z.object({ kind: z.literal(kind), format: z.number() });

/**
 * Reads a plan, and sees that each of its texts is what its digest says.
 * @throws FleetError `plan.unreadable`, or `plan.damaged` with the place
 */
export const readPlan = async (file: string): Promise<PlanDocument> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FleetError(
      {
        code: 'plan.unreadable',
        message: `The plan ${file} cannot be read: ${reason(error)}.`,
        remedy:
          'Give the path that it was written to with --out, or make one: ovsfleet plan PLAYBOOK -i INVENTORY --out FILE',
        facts: { file },
      },
      error,
    );
  });
  const written = parsed(file, text);
  const opened = formatOf.safeParse(written);
  if (!opened.success) throw damaged(file, '', 'it does not say that it is one');
  if (opened.data.format !== planFormat) {
    throw damaged(file, '', `it is of format ${opened.data.format}, and this ovsfleet reads format ${planFormat}`);
  }
  const read = schema.safeParse(written);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw damaged(file, '', `${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'wrong'}`);
  }
  for (const [name, script] of Object.entries(read.data.scripts)) {
    if (sha256(script) !== name) throw damaged(file, '', `scripts.${name}: the text is not the one that was planned`);
  }
  const { kind: _, ...plan } = read.data;
  return plan;
};
