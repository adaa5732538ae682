import type { Machine } from '../../../src/lab/index.ts';

/** What a guest's ping lost. */
export interface Loss {
  readonly sent: number;
  readonly lost: number;
  /** Between two answers, or from the last one to the end. */
  readonly longestGapMs: number;
  /** Whether answers came again in the end. */
  readonly back: boolean;
}

/** Reads what `ping -D` printed, ended by a line `end SECONDS`. */
export const lossOf = (text: string): Loss => {
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(text);
  const answers = [...text.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map(([, seconds]) => Number(seconds));
  const end = Number(/^end (\d+\.\d+)$/m.exec(text)?.[1]);
  const [first] = answers;
  if (counts === null || first === undefined || !Number.isFinite(end))
    throw new Error(`this is no ping that ended: ${text.slice(-400)}`);
  const back = end - (answers.at(-1) ?? first) < 5;
  const moments = [...answers, end];
  const gaps = moments.map((moment, index) => moment - (moments[index - 1] ?? first));
  const [sent, received] = [Number(counts[1]), Number(counts[2])];
  return { sent, lost: sent - received, longestGapMs: Math.round(Math.max(...gaps) * 1000), back };
};

const answered = 'tail -n 1 /run/watch.log | grep -q "bytes from"';

/**
 * Ten pings a second from a machine's guest to another guest while something is done, and until they are answered again or half
 * a minute has passed.
 */
export const whilePinging = async <T>(
  prober: Machine,
  target: string,
  act: () => Promise<T>,
): Promise<{ readonly loss: Loss; readonly result: T }> => {
  // By its number in the program: the machines are slow, and their ssh sessions come and go.
  await prober.say(
    `rm -f /run/watch.log; systemd-run -q --collect --unit=watch -p StandardOutput=file:/run/watch.log ip netns exec guest ping -D -i 0.1 ${target}
for i in $(seq 120); do ${answered} && exit 0; sleep 0.5; done; cat /run/watch.log; exit 1`,
  );
  try {
    const result = await act();
    const text = await prober.say(
      `sleep 3; for i in $(seq 30); do [ "$(find /run/watch.log -newermt '-2 seconds')" ] && ${answered} && break; sleep 1; done
end=$(date +%s.%N); systemctl kill -s INT watch; for i in $(seq 40); do grep -q transmitted /run/watch.log && break; sleep 0.5; done
cat /run/watch.log; echo "end $end"`,
    );
    return { loss: lossOf(text), result };
  } finally {
    await prober.ssh('systemctl stop watch');
  }
};
