import type { ExitCode } from '../model/exit-code.ts';
import { exitCodes } from '../model/exit-code.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Look } from '../render/index.ts';

/** What a host answered to a question of an operator's. */
export interface Answer {
  readonly text: string;
  readonly code: ExitCode;
  /** The same for `--json`, where it is more than its text. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

type Hide = (text: string) => string;

const hidden = (value: unknown, hide: Hide): unknown => {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((one) => hidden(one, hide));
  return typeof value === 'object' && value !== null ? hiddenIn(value, hide) : value;
};

const hiddenIn = (facts: object, hide: Hide): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, hidden(value, hide)]));

/** The same, with whatever is secret hidden wherever the host said it. */
export const withoutSecrets = ({ text, code, facts }: Answer, hide: Hide): Answer => ({
  text: hide(text),
  code,
  ...(facts === undefined ? {} : { facts: hiddenIn(facts, hide) }),
});

/** How answers are put: alike ones together, each host's lines under its own name, or a JSON object a line. */
export type AnswerForm = 'folded' | 'per-host' | 'json';

type Answers = ReadonlyMap<string, Answer>;

const toneOf = ({ code }: Answer): 'good' | 'bad' => (code === exitCodes.ok ? 'good' : 'bad');

/** Hosts that answer alike stand under one heading, as clush -b has it; those of whom there are most come first. */
const folded = (answers: Answers, look: Look): string => {
  const alike = new Map<string, string[]>();
  for (const [host, { text, code }] of answers) {
    // An answer that names its host is alike when it is alike but for the name.
    const key = JSON.stringify([code, text.replaceAll(host, '‹host›')]);
    alike.set(key, [...(alike.get(key) ?? []), host]);
  }
  const groups = [...alike.values()].toSorted((a, b) => b.length - a.length);
  return groups
    .map((hosts) => {
      const [first = ''] = hosts;
      const answer = answers.get(first);
      if (answer === undefined) return '';
      const body = hosts.length > 1 ? answer.text.replaceAll(`${first}: `, '') : answer.text;
      const text = body.trimEnd();
      return `${look.paint(toneOf(answer), `${foldHosts(hosts)} (${hosts.length})`)}\n${text === '' ? '' : `${text}\n`}`;
    })
    .join('');
};

const perHost = (answers: Answers, look: Look): string =>
  [...answers]
    .flatMap(([host, answer]) => {
      const head = look.paint(toneOf(answer), `${host}:`);
      const lines = answer.text.replaceAll(`${host}: `, '').trimEnd().split('\n');
      return lines.map((line) => `${`${head} ${line}`.trimEnd()}\n`);
    })
    .join('');

const json = (answers: Answers): string =>
  [...answers]
    .map(([host, { text, code, facts }]) => `${JSON.stringify({ host, code, ...(facts ?? { text }) })}\n`)
    .join('');

export const answersText = (answers: Answers, form: AnswerForm, look: Look): string => {
  switch (form) {
    case 'folded':
      return folded(answers, look);
    case 'per-host':
      return perHost(answers, look);
    case 'json':
      return json(answers);
  }
};
