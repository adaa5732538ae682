import type { TrafficMeasured } from '../model/traffic.ts';

/** One line of `ping -D -n -O`: a reply, or the news that none came or can come (iputils). Host time in milliseconds. */
export type PingLine = { readonly timeMs: number; readonly seq: number; readonly reply: boolean };

/** What a line of ping's output says; `null` for all others. */
export const parsePingLine = (line: string): PingLine | null => {
  const match = /^\[(\d+\.\d+)\] .*icmp_seq=(\d+)/.exec(line);
  if (match === null || /DUP!/.test(line)) return null;
  return { timeMs: Number(match[1]) * 1000, seq: Number(match[2]), reply: /ttl=\d+ time=/.test(line) };
};

/** Sums up a probe: what was sent, what never came back, and the longest time without a reply, the one at the end too. */
export const summarizePings = (
  lines: readonly PingLine[],
  probe: { readonly from: string; readonly to: string },
): TrafficMeasured => {
  const answered = new Set(lines.filter((line) => line.reply).map((line) => line.seq));
  const sent = lines.reduce((highest, line) => Math.max(highest, line.seq), 0);
  const replies = lines.filter((line) => line.reply).map((line) => line.timeMs);
  const end = lines.reduce((latest, line) => Math.max(latest, line.timeMs), 0);
  const times = [...replies, end];
  const longestGapMs = times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
  return { ...probe, sent, lost: sent - answered.size, longestGapMs: Math.round(longestGapMs) };
};
