/**
 * How long a guest is cut off while its host goes from Open vSwitch 3.1.0 to 3.5.0: by playbooks/upgrade.ts, and by the
 * best command that Open vSwitch itself has for it. On fresh hosts of a lab each time, one after the other, into
 * docs/tables/swap.md: `npm run bench:swap`. Ends with 1 when ours is the slower one.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Lab, labUp } from '../src/lab/index.ts';
import { intervalSeconds, longestGapWhile } from './support/probe.ts';
import { onHost, ovsfleet } from './support/product.ts';
import { quiet } from './support/quiet.ts';
import { proof, reload, restart, unitsOfTheStagedRelease, withoutMeters } from './support/raw.ts';

const rounds = Number(process.argv[2] ?? 5);

interface Contest {
  readonly what: string;
  readonly hosts: readonly [string, string];
  readonly raw: { readonly typed: string; readonly prepare: string; readonly run: string };
}

const contests: readonly Contest[] = [
  {
    what: "Debian's package and units",
    hosts: ['hv01', 'hv02'],
    raw: {
      typed: 'systemctl reload openvswitch-switch',
      prepare: `${withoutMeters}${unitsOfTheStagedRelease}`,
      run: reload,
    },
  },
  {
    what: 'make install, no unit',
    hosts: ['hv03', 'hv04'],
    raw: { typed: 'ovs-ctl restart', prepare: withoutMeters, run: restart },
  },
];

interface Pair {
  readonly ours: number;
  readonly raw: number;
}

const measureOurs = async (lab: Lab, host: string): Promise<number> => {
  await quiet();
  const gap = await longestGapWhile(lab, host, () => ovsfleet(lab, 'playbooks/upgrade.ts', host));
  await onHost(lab, host, proof);
  return gap;
};

const measureRaw = async (lab: Lab, host: string, { prepare, run }: Contest['raw']): Promise<number> => {
  await onHost(lab, host, prepare);
  await quiet();
  const gap = await longestGapWhile(lab, host, () => onHost(lab, host, run));
  await onHost(lab, host, proof);
  return gap;
};

const compete = async (lab: Lab, { hosts, raw }: Contest, round: number): Promise<Pair> => {
  const [one, other] = round % 2 === 0 ? hosts : [hosts[1], hosts[0]];
  if (round % 2 === 0) {
    const ours = await measureOurs(lab, one);
    return { ours, raw: await measureRaw(lab, other, raw) };
  }
  const theirs = await measureRaw(lab, other, raw);
  return { raw: theirs, ours: await measureOurs(lab, one) };
};

const inLab = async <T>(hosts: Readonly<Record<string, number>>, work: (lab: Lab) => Promise<T>): Promise<T> => {
  const lab = await labUp({ name: 'bench-swap', hosts, keep: false, log: () => undefined });
  try {
    await ovsfleet(lab, 'bench/stage-only.ts', 'all');
    return await work(lab);
  } finally {
    await lab.down();
  }
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The release is compiled here, where this machine has not got it yet. */
await inLab({ pkg31: 1, src: 1, builder: 1 }, async () => undefined);

const results = new Map<Contest, Pair[]>(contests.map((contest) => [contest, []]));
for (let round = 0; round < rounds; round += 1) {
  await inLab({ pkg31: 2, src: 2 }, async (lab) => {
    for (const [contest, pairs] of results) {
      const pair = await compete(lab, contest, round);
      pairs.push(pair);
      console.error(`round ${round + 1}: ${contest.what}: ours ${pair.ours} ms, ${contest.raw.typed} ${pair.raw} ms`);
    }
  });
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const text = [
  '# How long a guest is cut off',
  '',
  `The longest gap of a guest's traffic while its host goes from Open vSwitch 3.1.0 to 3.5.0, on the userspace datapath, by a`,
  `ping every ${intervalSeconds * 1000} ms from another host's guest: the median of ${rounds} fresh hosts each, one after the other on one machine. Ours`,
  'keeps the meters; they had to be taken away before the other commands, which else lose all flows of their bridge. Made by',
  '`npm run bench:swap`.',
  '',
  line(['host', 'way', 'longest gap', 'each, in ms']),
  line(['---', '---', '---', '---']),
  ...[...results].flatMap(([{ what, raw }, pairs]) => {
    const [ours, theirs] = [pairs.map((pair) => pair.ours), pairs.map((pair) => pair.raw)];
    return [
      line([what, '`ovsfleet run playbooks/upgrade.ts`', `${median(ours)} ms`, ours.join(' ')]),
      line([what, `\`${raw.typed}\` of the new release`, `${median(theirs)} ms`, theirs.join(' ')]),
    ];
  }),
  '',
].join('\n');
await writeFile(fileURLToPath(new URL('../docs/tables/swap.md', import.meta.url)), text);
console.log(text);
const slower = [...results].filter(
  ([, pairs]) => median(pairs.map((pair) => pair.ours)) > median(pairs.map((pair) => pair.raw)),
);
process.exitCode = slower.length === 0 ? 0 : 1;
