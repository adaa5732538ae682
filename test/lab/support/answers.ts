import type { Ended } from './product.ts';

/** What a host answered: `host` and `code`, and what the command has of its own. */
export type HostAnswer = { readonly host: string } & Readonly<Record<string, unknown>>;

const isAnswer = (value: unknown): value is HostAnswer =>
  typeof value === 'object' && value !== null && 'host' in value && typeof value.host === 'string' && 'code' in value;

/** What `exec`, `ping` and `facts` print with --json: a line for each host. */
export const answersOf = ({ said }: Ended): ReadonlyMap<string, HostAnswer> =>
  new Map(
    said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): unknown => JSON.parse(line))
      .filter(isAnswer)
      .map((answer) => [answer.host, answer]),
  );
