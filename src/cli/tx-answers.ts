import type { ByHand, ListedTransaction, TransactionStory } from '../execute/index.ts';
import { exitCodes } from '../model/exit-code.ts';
import type { Answer } from './answers.ts';

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** The run that began it: its id without what tells its transactions apart. */
const runOf = (id: string): string => id.replace(/-[0-9a-f]{6}$/, '');

const stateText = ({ state, accepted }: ListedTransaction): string =>
  state === 'stuck' && accepted ? 'stuck, accepted' : state;

/** Whether somebody has something to do: one is open, or stuck and not accepted. */
const wantsHands = ({ state, accepted }: ListedTransaction): boolean =>
  state === 'stuck' ? !accepted : state !== 'done' && state !== 'undone';

/**
 * What a host lists. The short form leaves out what differs from host to host, so that hosts alike can stand together.
 */
export const listAnswer = (listed: readonly ListedTransaction[], form: 'short' | 'whole'): Answer => {
  const lines = listed.map((one) => {
    const head = `${stateText(one).padEnd(16)}${one.title}, run ${runOf(one.id)}`;
    const reason = one.reason === '' || one.state === 'done' ? '' : `\n  ${one.reason}`;
    return form === 'short'
      ? `${head}${reason}`
      : `${head}\n  ${one.id}  ${iso(one.whenMs)}  begun by ${one.owner}${reason}`;
  });
  return {
    text: lines.length === 0 ? 'none' : lines.join('\n'),
    code: listed.some(wantsHands) ? exitCodes.hostFailed : exitCodes.ok,
    facts: { transactions: listed },
  };
};

/** When the host has none, or none of that name. */
export const noneAnswer = (host: string, id: string): Answer => ({
  text:
    id === ''
      ? `${host}: there is no transaction there.`
      : `${host}: there is no transaction ${id} there.\n  → ovsfleet tx list ${host} -v`,
  code: exitCodes.hostFailed,
  facts: { transaction: null },
});

const indented = (text: string): readonly string[] =>
  text === '' ? [] : text.split('\n').map((line) => `    ${line}`);

const section = (title: string, text: string): readonly string[] =>
  text === '' ? [] : [`  ${title}`, ...indented(text)];

const wayOut = (host: string, { id, state, accepted }: TransactionStory): readonly string[] => {
  switch (state) {
    case 'done':
    case 'undone':
      return [];
    case 'stuck':
      return accepted !== ''
        ? []
        : [
            `  → try its undo again: ovsfleet tx undo ${host} ${id}`,
            `  → when the host is put right: ovsfleet tx settle ${host} ${id}`,
          ];
    case 'confirmed':
    case 'undoing':
      return [`  → see it to its end: ovsfleet tx settle ${host} ${id}`];
    case 'prepared':
    case 'running':
    case 'awaiting':
      return [
        `  → see it to its end: ovsfleet tx settle ${host} ${id}`,
        `  → have it undone: ovsfleet tx undo ${host} ${id}`,
      ];
  }
};

/** All that is known of one. */
export const storyAnswer = (host: string, story: TransactionStory): Answer => {
  const [first] = story.lines;
  const lines = story.lines.flatMap((line): readonly string[] => {
    const after = `${((line.hostTime - (first?.hostTime ?? line.hostTime)) / 1000).toFixed(1)} s`.padStart(9);
    if (line.is === 'phase') return [`  ${after}  ${line.phase}`];
    return line.is === 'state' ? [`  ${after}  (${line.state})`] : [];
  });
  return {
    text: [
      `${story.title}: ${story.state}${story.accepted === '' ? '' : ', accepted'}`,
      `  ${story.id}${first === undefined ? '' : `, ${iso(first.hostTime)}`}, begun by ${story.owner}`,
      ...lines,
      ...section('why', story.reason),
      ...section('why its undo failed', story.undoReason),
      ...section('what did not read as it should (< before, > then)', story.differs),
      ...section('accepted', story.accepted),
      ...(story.state === 'done' ? [] : section('its log, the end', story.log)),
      ...wayOut(host, story),
    ].join('\n'),
    code: exitCodes.ok,
    facts: { transaction: story },
  };
};

/** How an operator's wish for one ended. */
export const handAnswer = (host: string, id: string, hand: ByHand): Answer => {
  const facts = { result: hand };
  const well = (text: string): Answer => ({ text: `${host}: ${text}`, code: exitCodes.ok, facts });
  const badly = (text: string): Answer => ({ text: `${host}: ${text}`, code: exitCodes.hostFailed, facts });
  switch (hand.is) {
    case 'none':
      return noneAnswer(host, id);
    case 'settled':
      return hand.state === 'confirmed'
        ? badly(
            `${hand.id} is confirmed already and cannot be undone any more; the host settles it now.\n  → ovsfleet tx settle ${host} ${hand.id}`,
          )
        : well(`${hand.id} has ended already: ${hand.state}.`);
    case 'differs':
      return badly(
        `${hand.id} is stuck, and the host does not read as before:\n${indented(hand.differences).join('\n')}\n  → put that right and type this again, or accept it: ovsfleet tx settle ${host} ${hand.id} --accept`,
      );
    case 'accepted':
      return well(
        `${hand.id}: accepted, and written down there, that this is not as before:\n${indented(hand.differences).join('\n')}`,
      );
    case 'put-right':
      return well(`${hand.id}: everything reads as before; it counts as undone.`);
    case 'seen':
      switch (hand.end.is) {
        case 'done':
          return well(`${hand.id} is done: the change stands, and everything was proven.`);
        case 'undone':
          return well(`${hand.id} is undone, and everything reads as before: ${hand.end.reason}.`);
        case 'stuck':
          return badly(
            `${hand.id} is stuck: ${hand.end.reason}.\n  → see what differs: ovsfleet tx show ${host} ${hand.id}`,
          );
        case 'in-doubt':
          return badly(
            `nobody knows how ${hand.id} ended: ${hand.end.reason}.\n  → when the host answers again: ovsfleet tx show ${host} ${hand.id}`,
          );
      }
  }
};
