import type { Problem } from './error.ts';

export interface HostProblem {
  readonly host: string;
  readonly problem: Problem;
}

/** One cause, and all the hosts that met it, in the order they did. */
export interface Cause {
  readonly code: string;
  /** The sentence of the first of them, without a leading host name. */
  readonly message: string;
  readonly remedy: string;
  readonly hosts: readonly string[];
}

/** The sentence without the host that a heading names already: `hv07: no space left` is `no space left`. */
export const withoutHost = (host: string, message: string): string =>
  message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;

/**
 * Two problems with the same key have the same cause: their sentences are equal but for the host and its address,
 * as the problem gives it among its facts.
 */
export const causeKey = ({ host, problem }: HostProblem): string => {
  const own = [host, problem.facts?.['host'], problem.facts?.['address']];
  const sentence = own.reduce<string>(
    (text, name) => (typeof name === 'string' && name !== '' ? text.replaceAll(name, '‹host›') : text),
    problem.message,
  );
  return `${problem.code}\n${sentence}`;
};

/** N failures, k causes: most hosts first. */
export const causesOf = (problems: readonly HostProblem[]): readonly Cause[] => {
  const causes = new Map<string, { readonly first: HostProblem; readonly hosts: string[] }>();
  for (const found of problems) {
    const key = causeKey(found);
    const known = causes.get(key);
    if (known === undefined) causes.set(key, { first: found, hosts: [found.host] });
    else if (!known.hosts.includes(found.host)) known.hosts.push(found.host);
  }
  return [...causes.values()]
    .toSorted((a, b) => b.hosts.length - a.hosts.length)
    .map(({ first: { host, problem }, hosts }) => ({
      code: problem.code,
      message: withoutHost(host, problem.message),
      remedy: problem.remedy,
      hosts,
    }));
};
