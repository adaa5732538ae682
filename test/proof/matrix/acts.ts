import type { Act } from './case.ts';

/** Runs a shell command in the victim, past its network. */
export const inside =
  (command: string): Act =>
  async ({ lab, victim }) => {
    const { code, stderr } = await lab.inside(victim, command, { limitMs: 60_000 });
    if (code !== 0) throw new Error(`${victim}: "${command}" ended with ${code}: ${stderr}`);
  };

/** Shell text that a host obeys the first time only: a resumed swap is not disturbed again. */
export const once = (command: string): string => `[ -e /root/disturbed ] || { : >/root/disturbed; ${command}; }`;

/** Lets the victim's work go on that waits. */
export const goOn: Act = async ({ release }) => release();
