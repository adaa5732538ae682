import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type PingLine, parsePingLine, summarizePings } from '../../src/execute/ping.ts';
import type { Lab } from '../../src/lab/index.ts';

/** Ten milliseconds: a gap is known to that. Below 200 ms ping wants root (ping(8)). */
export const intervalSeconds = 0.01;
/** Longer than any of the commands that are measured. */
const limitSeconds = 120;
/** After the command: what it left undone shows only then. */
const lingerMs = 3000;

/**
 * Pings a host's guest from the guest that it exchanges traffic with, from before `act` to some seconds after it, and
 * gives the longest time without an answer, in milliseconds.
 */
export const longestGapWhile = async (lab: Lab, host: string, act: () => Promise<unknown>): Promise<number> => {
  const { guest } = lab.host(host);
  if (guest?.peer === undefined) throw new Error(`${host} has nobody to be probed from`);
  const ping = `exec ip netns exec guest ping -D -n -O -i ${intervalSeconds} -w ${limitSeconds} ${guest.address}`;
  const [file = '', ...args] = lab.sshCommand(guest.peer, [ping]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines: PingLine[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const whole = (rest + chunk).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) {
      const parsed = parsePingLine(line);
      if (parsed !== null) lines.push(parsed);
    }
  });
  try {
    while (lines.filter((line) => line.reply).length < 50) {
      if (child.exitCode !== null) throw new Error(`${host}: its guest does not answer`);
      await pause(50);
    }
    await act();
    await pause(lingerMs);
  } finally {
    child.kill();
    await ended;
  }
  const first = lines.findIndex((line) => line.reply);
  return summarizePings(lines.slice(first), { from: guest.peer, to: guest.address }).longestGapMs;
};
