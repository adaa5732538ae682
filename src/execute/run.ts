import { FleetError } from '../model/error.ts';
import { type ExitCode, exitCodes, worst } from '../model/exit-code.ts';
import type { ResolvedPlay } from '../playbook/index.ts';
import { type Asking, askHooks } from './hooks.ts';
import type { Roster } from './roster.ts';
import type { RunInput } from './run-input.ts';
import { survey } from './survey.ts';
import { applyPlay, checkPlay } from './take-play.ts';
import { patternOf } from './targets.ts';

/** Asks who must be asked before anything is done; told of a no, and of nothing when it is only looked at. */
const mayBegin = async (input: RunInput): Promise<boolean> => {
  if (input.mode === 'check') return true;
  const leave = await askHooks(aboutRun('before-run', input), input);
  if (leave.is === 'no')
    input.services.bus.emit({ type: 'rollout.halted', play: null, because: 'hook', problem: leave.problem });
  return leave.is === 'go';
};

/** Tells that the run is over; a no to that can only be told. */
const tellEnd = async (input: RunInput): Promise<void> => {
  if (input.mode === 'check') return;
  const leave = await askHooks(aboutRun('after-run', input), input);
  if (leave.is === 'no') input.services.bus.emit({ type: 'warning', host: null, problem: leave.problem });
};

const aboutRun = (moment: 'before-run' | 'after-run', { playbook, select }: RunInput): Asking => {
  const hosts = [...new Set(playbook.plays.flatMap((play) => select(patternOf(play)).map(({ name }) => name)))];
  return { moment, play: null, wave: null, hosts, outcome: null };
};

/** A run is wound down by its operator, or since it cannot be recorded any more: then it is paused, and says why. */
const woundDown = ({ wind }: RunInput['interrupts']): ExitCode =>
  wind.reason instanceof FleetError ? exitCodes.paused : exitCodes.interrupted;

interface Taken {
  readonly codes: readonly ExitCode[];
  /** Whether going on with it may bring it further. */
  readonly left: boolean;
}

/** Whether a later play would start a host: then a spent budget ends the run, though its own play had none left. */
const anyLeft = (plays: readonly ResolvedPlay[], { select }: RunInput, who: Roster): boolean =>
  plays.some((play) => select(patternOf(play)).some((host) => who.factsOf(host) !== null));

const takePlays = async (input: RunInput): Promise<Taken> => {
  const { playbook, mode, interrupts, controls, services } = input;
  const who = await survey(input);
  const nothing = controls.selection.nothing();
  for (const problem of nothing === null ? controls.selection.unused() : [nothing])
    services.bus.emit({ type: 'warning', host: null, problem });
  if (nothing !== null) return { codes: [exitCodes.input], left: false };
  for (const [index, play] of playbook.plays.entries()) {
    if (interrupts.wind.aborted) break;
    if (mode === 'check') {
      await checkPlay(index, play, input, who);
      continue;
    }
    const { paused, budgetSpent } = await applyPlay(index, play, input, who);
    if (!paused && !(budgetSpent && anyLeft(playbook.plays.slice(index + 1), input, who))) continue;
    who.count(exitCodes.paused);
    break;
  }
  if (interrupts.wind.aborted) who.count(woundDown(interrupts));
  const codes = [...who.codes];
  const cutShort = codes.includes(exitCodes.paused) || codes.includes(exitCodes.interrupted);
  return { codes, left: cutShort || who.hasLeft() };
};

const mayTakePlays = async (input: RunInput): Promise<Taken> => {
  if (await mayBegin(input)) return takePlays(input).finally(() => tellEnd(input));
  return { codes: [input.interrupts.wind.aborted ? woundDown(input.interrupts) : exitCodes.paused], left: true };
};

/**
 * Runs a playbook, or only says what it would do, and tells the bus all of it: who is there and can be done, then a play
 * at a time, each planned right before it runs. Resolves to the exit code. Rejects when going on makes no sense: the
 * store of builds is damaged, or ovsfleet itself is wrong.
 */
export const runPlaybook = async (input: RunInput): Promise<ExitCode> => {
  const { bus, clock, connections } = input.services;
  const began = clock.now();
  try {
    const { codes, left } = await mayTakePlays(input);
    const exitCode = worst(codes);
    const resumable = input.mode === 'apply' && left;
    bus.emit({ type: 'run.finished', exitCode, ms: clock.now() - began, resumable });
    return exitCode;
  } finally {
    await connections.closeAll();
  }
};
