/**
 * The protocol of a transaction as a machine of few states: what is on the host's disk, what runs there, and what anybody may
 * do next. It is explored exhaustively, and the real program is held against it.
 */

/** What survives a power cut. */
export interface Disk {
  readonly state: 'prepared' | 'running' | 'awaiting' | 'confirmed' | 'undoing' | 'done' | 'undone' | 'stuck';
  /** One file, which is renamed once by whoever is first. */
  readonly token: 'none' | 'awaiting' | 'confirmed' | 'expired';
  /** `between`: neither the old nor the new release; the host forwards nothing. */
  readonly world: 'old' | 'between' | 'new';
  /** In which boot an undo was proven. */
  readonly putBack: 'never' | 'this boot' | 'an earlier boot';
  readonly rebooted: 'no' | 'yes';
  readonly unit: 'there' | 'removed';
}

/** Where the process that goes forward stands; it is what it will do next. */
type Main =
  | 'gone'
  | 'begin'
  | 'hold'
  | 'capture'
  | 'stop'
  | 'start'
  | 'verify'
  | 'offer'
  | 'await'
  | 'wait'
  | 'keep'
  | 'leave';
/** Where the process that brings it to an end stands. */
type Finish =
  | 'gone'
  | 'decide'
  | 'take back'
  | 'say undoing'
  | 'hold again'
  | 'look'
  | 'undo'
  | 'undo, half'
  | 'prove'
  | 'note'
  | 'end promises'
  | 'end holds'
  | 'say end'
  | 'retire';

export interface World extends Disk {
  readonly main: Main;
  readonly finish: Finish;
  /** The agent is held; a reboot lets it go. */
  readonly held: 'no' | 'yes';
  /** What the process that ends it will say. */
  readonly verdict: 'done' | 'undone' | 'stuck';
  /** A controller that has read `awaiting` and is about to rename the token. */
  readonly controllerA: 'away' | 'about to confirm';
  readonly controllerB: 'away' | 'about to confirm';
  readonly faultsLeft: number;
}

/** How the change itself goes, which the protocol has no say in. */
export interface Nature {
  readonly change: 'works' | 'fails';
  readonly undo: 'works' | 'fails' | 'either';
}

/** `says`: the line that the real program writes as it takes this step. */
export interface Move {
  readonly by: 'program' | 'systemd' | 'controller' | 'clock' | 'fault';
  readonly does: string;
  readonly says: string | null;
  readonly to: World;
}

export const beginning: World = {
  state: 'prepared',
  token: 'none',
  world: 'old',
  putBack: 'never',
  rebooted: 'no',
  unit: 'there',
  main: 'begin',
  finish: 'gone',
  held: 'no',
  verdict: 'undone',
  controllerA: 'away',
  controllerB: 'away',
  faultsLeft: 0,
};

export const hasEnded = ({ state }: Disk): boolean => state === 'done' || state === 'undone' || state === 'stuck';

const program = (does: string, says: string | null, to: World): Move => ({ by: 'program', does, says, to });

const forward = (now: World, nature: Nature): readonly Move[] => {
  const fails = program('the change fails', null, { ...now, main: 'leave' });
  switch (now.main) {
    case 'gone':
      return [];
    case 'begin':
      // Started again, after a crash or a reboot, there is nothing to go on with.
      return now.state === 'prepared' && now.rebooted === 'no'
        ? [program('begin', 'state running', { ...now, state: 'running', main: 'hold' })]
        : [program('leave it to the end', null, { ...now, main: 'leave' })];
    case 'hold':
      return [program('hold', 'phase agent is held', { ...now, held: 'yes', main: 'capture' })];
    case 'capture':
      return [program('capture', 'phase capture: flows', { ...now, main: 'stop' })];
    case 'stop':
      return [program('stop', 'phase stop', { ...now, world: 'between', main: 'start' })];
    case 'start':
      return nature.change === 'fails'
        ? [{ ...fails, says: 'phase start' }]
        : [program('start', 'phase start', { ...now, world: 'new', main: 'verify' })];
    case 'verify':
      return [program('verify', 'phase verify', { ...now, main: 'offer' })];
    case 'offer':
      return [program('offer the token', null, { ...now, token: 'awaiting', main: 'await' })];
    case 'await':
      return [program('ask to be confirmed', 'state awaiting', { ...now, state: 'awaiting', main: 'wait' })];
    case 'wait':
      switch (now.token) {
        case 'confirmed':
          return [program('see the confirmation', null, { ...now, main: 'keep' })];
        case 'awaiting':
          return [{ by: 'clock', does: 'time is over', says: null, to: { ...now, token: 'expired', main: 'leave' } }];
        case 'expired':
        case 'none':
          return [program('see that nobody can confirm', null, { ...now, main: 'leave' })];
      }
      break;
    case 'keep':
      return [program('keep it', 'state confirmed', { ...now, state: 'confirmed', main: 'leave' })];
    case 'leave':
      return [program('leave', null, { ...now, main: 'gone', finish: now.unit === 'there' ? 'decide' : 'gone' })];
  }
};

const settle = (now: World): World => ({ ...now, verdict: 'done', finish: 'end promises' });
const goBack = (now: World): World => ({ ...now, finish: now.state === 'undoing' ? 'hold again' : 'say undoing' });

const decide = (now: World): World => {
  switch (now.state) {
    case 'done':
    case 'undone':
    case 'stuck':
      return { ...now, finish: 'retire' };
    case 'prepared':
      return { ...now, verdict: 'undone', finish: 'say end' };
    case 'confirmed':
      return settle(now);
    case 'undoing':
      return goBack(now);
    case 'running':
    case 'awaiting':
      return now.token === 'confirmed' ? settle(now) : { ...now, finish: 'take back' };
  }
};

const backward = (now: World, nature: Nature): readonly Move[] => {
  switch (now.finish) {
    case 'gone':
      return [];
    case 'decide':
      return [program('decide', null, decide(now))];
    case 'take back':
      // The rename may come second after all.
      return [
        now.token === 'confirmed'
          ? program('find it confirmed', null, settle(now))
          : program('take the token back', null, goBack({ ...now, token: now.token === 'none' ? 'none' : 'expired' })),
      ];
    case 'say undoing':
      return [program('go back', 'state undoing', { ...now, state: 'undoing', finish: 'hold again' })];
    case 'hold again':
      return [
        now.putBack === 'this boot'
          ? program('go on with the end', null, { ...now, finish: 'end promises' })
          : program('hold what a reboot let go', null, {
              ...now,
              held: now.rebooted === 'yes' ? 'yes' : now.held,
              finish: now.putBack === 'an earlier boot' ? 'look' : 'undo',
            }),
      ];
    case 'look':
      return [
        program('look at the undo of before', null, {
          ...now,
          verdict: 'undone',
          finish: now.world === 'old' ? 'note' : 'undo',
        }),
      ];
    case 'undo':
      return now.world === 'old'
        ? [program('nothing is to be undone', null, { ...now, finish: 'prove' })]
        : [program('undo', 'phase undo: release', { ...now, world: 'between', finish: 'undo, half' })];
    case 'undo, half': {
      const works = program('undo, the rest', null, { ...now, world: 'old', finish: 'prove' });
      const fails = program('the undo fails', null, { ...now, finish: 'prove' });
      return nature.undo === 'works' ? [works] : nature.undo === 'fails' ? [fails] : [works, fails];
    }
    case 'prove':
      return [
        program('prove the undo', 'phase verify the undo', {
          ...now,
          verdict: now.world === 'old' ? 'undone' : 'stuck',
          finish: 'note',
        }),
      ];
    case 'note':
      return [program('note how it went', null, { ...now, putBack: 'this boot', finish: 'end promises' })];
    case 'end promises':
      return [program('end promises', 'phase end: flows', { ...now, finish: 'end holds' })];
    case 'end holds':
      return [program('let go', 'phase end: agent is held', { ...now, held: 'no', finish: 'say end' })];
    case 'say end':
      return [program('say how it ended', `state ${now.verdict}`, { ...now, state: now.verdict, finish: 'retire' })];
    case 'retire':
      return [program('take the unit away', null, { ...now, unit: 'removed', finish: 'gone' })];
  }
};

const confirms = (now: World, who: 'controllerA' | 'controllerB'): readonly Move[] => {
  const controller = (does: string, to: World): Move => ({ by: 'controller', does: `${who} ${does}`, says: null, to });
  if (now[who] === 'away') {
    // In another boot than that which proved it nothing is to be confirmed.
    return now.state === 'awaiting' && now.rebooted === 'no'
      ? [controller('reads that it waits', { ...now, [who]: 'about to confirm' })]
      : [];
  }
  const late = { ...now, [who]: 'away' } as const;
  return [
    now.token === 'awaiting' && now.rebooted === 'no'
      ? controller('confirms', { ...late, token: 'confirmed' })
      : controller('comes too late', late),
  ];
};

/** Nobody is at work, yet it is open: its guard, a controller or the boot starts its unit, having put it back if need be. */
const restarted = (now: World): readonly Move[] =>
  now.main === 'gone' && now.finish === 'gone' && !hasEnded(now)
    ? [{ by: 'systemd', does: 'start the unit again', says: null, to: { ...now, unit: 'there', main: 'begin' } }]
    : [];

const faults = (now: World): readonly Move[] => {
  if (now.faultsLeft === 0) return [];
  const fault = (does: string, to: World): Move => ({
    by: 'fault',
    does,
    says: null,
    to: { ...to, faultsLeft: now.faultsLeft - 1 },
  });
  return [
    ...(now.main === 'gone'
      ? []
      : [fault('kill', { ...now, main: 'gone', finish: now.unit === 'there' ? 'decide' : 'gone' })]),
    ...(now.finish === 'gone' ? [] : [fault('kill', { ...now, finish: 'gone' })]),
    fault('power cut', {
      ...now,
      main: 'gone',
      finish: 'gone',
      held: 'no',
      rebooted: 'yes',
      putBack: now.putBack === 'this boot' ? 'an earlier boot' : now.putBack,
      controllerA: 'away',
      controllerB: 'away',
    }),
    ...(now.unit === 'there' ? [fault('remove the unit', { ...now, unit: 'removed' })] : []),
  ];
};

/** Everything that may happen next. */
export const moves = (now: World, nature: Nature): readonly Move[] => [
  ...forward(now, nature),
  ...backward(now, nature),
  ...confirms(now, 'controllerA'),
  ...confirms(now, 'controllerB'),
  ...restarted(now),
  ...faults(now),
];
