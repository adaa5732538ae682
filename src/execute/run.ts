import { type ExitCode, exitCodes, worst } from '../model/exit-code.ts';
import type { RunInput } from './run-input.ts';
import { survey } from './survey.ts';
import { applyPlay, checkPlay } from './take-play.ts';

const takePlays = async (input: RunInput): Promise<readonly ExitCode[]> => {
  const { playbook, mode, interrupts } = input;
  const who = await survey(input);
  for (const [index, play] of playbook.plays.entries()) {
    if (interrupts.wind.aborted) break;
    if (mode === 'check') {
      await checkPlay(index, play, input, who);
      continue;
    }
    const { paused } = await applyPlay(index, play, input, who);
    if (!paused) continue;
    who.count(exitCodes.paused);
    break;
  }
  if (interrupts.wind.aborted) who.count(exitCodes.interrupted);
  return [...who.codes];
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
    const exitCode = worst(await takePlays(input));
    const resumable = input.mode === 'apply' && exitCode !== exitCodes.ok;
    bus.emit({ type: 'run.finished', exitCode, ms: clock.now() - began, resumable });
    return exitCode;
  } finally {
    await connections.closeAll();
  }
};
