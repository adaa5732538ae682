import type { Ended } from './product.ts';

export interface HostAnswer {
  readonly host: string;
  readonly code: number;
  readonly text: string;
}

const isAnswer = (value: unknown): value is HostAnswer =>
  typeof value === 'object' && value !== null && 'host' in value && 'code' in value && 'text' in value;

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
