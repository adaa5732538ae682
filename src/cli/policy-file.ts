import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseDateList } from '../model/dates.ts';
import { FleetError } from '../model/error.ts';
import { type HooksInput, parseHooks } from '../model/parse-hooks.ts';
import { parseZone } from '../model/parse-window.ts';
import type { Limit, Policy } from '../model/policy.ts';
import { parseYaml, problemAt } from '../yaml/index.ts';

/** Where policies lie: the site's, and the fleet's beside its inventory. */
export const policyFiles = (fleet: string): readonly string[] => [
  '/etc/ovsfleet/policy.yaml',
  join(fleet, 'ovsfleet-policy.yaml'),
];

const times = {
  timeout: z.string().exactOptional(),
  ask_again: z.string().exactOptional(),
  give_up: z.string().exactOptional(),
};
const hook = z.union(
  [z.strictObject({ command: z.array(z.string()).min(1), ...times }), z.strictObject({ post: z.string(), ...times })],
  { error: 'a hook is { command: [program, argument] } or { post: URL }, with timeout, ask_again and give_up' },
);
const hooks = z.array(hook).exactOptional();
const percentage = 'a percentage from 0% to 100%, such as 10%';
const isPattern = (text: string): boolean => {
  try {
    return new RegExp(`^(?:${text})$`).source !== '';
  } catch {
    return false;
  }
};
const count = z.int().min(0);

const schema = z.strictObject({
  max_hosts: count.exactOptional(),
  max_percent: z
    .union([z.number(), z.string().regex(/^\d+(\.\d+)?%$/)], { error: percentage })
    .transform((value) => Number(String(value).replace('%', '')))
    .pipe(z.number().min(0, { error: percentage }).max(100, { error: percentage }))
    .exactOptional(),
  max_concurrency: z.int().min(1).exactOptional(),
  ticket: z.string().refine(isPattern, { error: 'a regular expression, such as CHG-[0-9]+' }).exactOptional(),
  confirm_above: count.exactOptional(),
  frozen: z.strictObject({ zone: z.string(), dates: z.array(z.string()) }).exactOptional(),
  hooks: z
    .strictObject({
      ...{ before_run: hooks, after_run: hooks, before_wave: hooks, after_wave: hooks },
      ...{ before_host: hooks, after_host: hooks },
    })
    .exactOptional(),
});

type Written = z.infer<typeof schema>;
type WrittenHook = z.infer<typeof hook>;

const hookInput = ({
  timeout,
  ask_again,
  give_up,
  ...asks
}: WrittenHook): NonNullable<HooksInput['beforeRun']>[number] => ({
  ...asks,
  ...(timeout === undefined ? {} : { timeout }),
  ...(ask_again === undefined ? {} : { askAgain: ask_again }),
  ...(give_up === undefined ? {} : { giveUp: give_up }),
});

const hooksInput = (written: NonNullable<Written['hooks']>): HooksInput => ({
  beforeRun: written.before_run?.map(hookInput) ?? [],
  afterRun: written.after_run?.map(hookInput) ?? [],
  beforeWave: written.before_wave?.map(hookInput) ?? [],
  afterWave: written.after_wave?.map(hookInput) ?? [],
  beforeHost: written.before_host?.map(hookInput) ?? [],
  afterHost: written.after_host?.map(hookInput) ?? [],
});

/** @throws FleetError `policy.malformed` with file, line and column, or what says why a window, a date or a hook is none */
export const parsePolicy = (text: string, file: string): Policy => {
  const document = parseYaml(text, file);
  const parsed = schema.safeParse(document.value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).filter((step) => typeof step !== 'symbol');
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
    throw new FleetError(
      problemAt(document.position([...path, ...unknown.slice(0, 1)]), {
        code: 'policy.malformed',
        message: `${path.length === 0 ? 'the policy' : path.join('.')}: ${issue?.message ?? 'it is not to be understood'}.`,
        remedy: `Write what docs/rollout.md shows: ${Object.keys(schema.shape).join(', ')}.`,
      }),
    );
  }
  const { data } = parsed;
  const placed = <T>(key: keyof Written, value: T | undefined | null): Limit<T> | null => {
    const { line } = document.position([key]);
    return value === undefined || value === null ? null : { value, at: `${file}:${line}` };
  };
  const { frozen } = data;
  return {
    maxHosts: placed('max_hosts', data.max_hosts),
    maxPercent: placed('max_percent', data.max_percent),
    maxConcurrency: placed('max_concurrency', data.max_concurrency),
    ticket: placed('ticket', data.ticket),
    confirmAbove: placed('confirm_above', data.confirm_above),
    frozen:
      frozen === undefined
        ? []
        : [{ zone: parseZone(frozen.zone, `${file}: frozen`), dates: parseDateList(frozen.dates, `${file}: frozen`) }],
    hooks: parseHooks(hooksInput(data.hooks ?? {}), file),
  };
};

const unreadable = (file: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'policy.unreadable',
      message: `The policy ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: `Make it readable for you: a policy that cannot be read cannot be kept to.`,
    },
    error,
  );

const readPolicy = async (file: string): Promise<Policy> => {
  try {
    return parsePolicy(await readFile(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof FleetError ? error : unreadable(file, error);
  }
};

/** Policies that the operator names: each must be there. @throws FleetError `policy.…` */
export const namedPolicies = (files: readonly string[]): Promise<readonly Policy[]> =>
  Promise.all(files.map(readPolicy));

/** The policies that hold for a fleet; those that are not there say nothing. @throws FleetError also when one cannot be read */
export const readPolicies = async (files: readonly string[]): Promise<readonly Policy[]> => {
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => [file],
        (error: unknown) => {
          if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
          throw unreadable(file, error);
        },
      ),
    ),
  );
  return namedPolicies(there.flat());
};
