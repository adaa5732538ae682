/**
 * What is left of a switch's state after its daemons were restarted, by the commands that are there for it, and by
 * playbooks/upgrade.ts: on real hosts of a lab, into docs/tables/what-survives.md: `npm run bench:keeps`.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Lab, labUp } from '../src/lab/index.ts';
import { type Case, cases, count, make } from './support/cases.ts';
import { onHost, ovsfleet } from './support/product.ts';

const table = fileURLToPath(new URL('../docs/tables/what-survives.md', import.meta.url));

interface Column {
  readonly title: string;
  readonly host: string;
  readonly act: (lab: Lab, host: string) => Promise<unknown>;
}

const typed = (command: string, host: string, program = ''): Column => ({
  title: `\`${command}\``,
  host,
  act: (lab) => onHost(lab, host, `${program}${command}`),
});

const columns: readonly Column[] = [
  typed('ovs-ctl restart --system-id=random', 'hv04', '/usr/share/openvswitch/scripts/'),
  typed('systemctl reload openvswitch-switch', 'hv01'),
  typed('systemctl restart openvswitch-switch', 'hv02'),
  {
    title: '`ovsfleet run playbooks/upgrade.ts`',
    host: 'hv03',
    act: (lab, host) => ovsfleet(lab, 'playbooks/upgrade.ts', host),
  },
];

const counted = async (lab: Lab, host: string, one: Case): Promise<readonly number[]> =>
  (await onHost(lab, host, count(one))).trim().split('\n').map(Number);

const words = ({ also }: Case, numbers: readonly number[]): string =>
  numbers
    .map((number, index) => {
      const [single, many] = index === 0 || also === undefined ? ['flow', 'flows'] : [also.one, also.many];
      return `${number} ${number === 1 ? single : many}`;
    })
    .join(', ');

const cell = (one: Case, before: readonly number[], after: readonly number[]): string =>
  before.every((number, index) => number === after[index])
    ? `kept: ${words(one, after)}`
    : `**lost**: ${words(one, before)} → ${words(one, after)}`;

const tryOut = async (lab: Lab, { host, act, title }: Column): Promise<ReadonlyMap<Case, string>> => {
  for (const one of cases) await onHost(lab, host, make(one));
  const all = async () =>
    new Map(await Promise.all(cases.map(async (one) => [one, await counted(lab, host, one)] as const)));
  const before = await all();
  await act(lab, host);
  const after = await all();
  console.error(`${title}: done`);
  return new Map(cases.map((one) => [one, cell(one, before.get(one) ?? [], after.get(one) ?? [])]));
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const lab = await labUp({
  name: 'bench-keeps',
  hosts: { pkg31: 3, src: 1, builder: 1 },
  keep: false,
  log: () => undefined,
});
try {
  await ovsfleet(lab, 'bench/stage-only.ts', 'hypervisors');
  const results: ReadonlyMap<Case, string>[] = [];
  for (const column of columns) results.push(await tryOut(lab, column));
  const text = [
    '# What survives a restart of the daemons',
    '',
    'Open vSwitch 3.1.0, userspace datapath; a bridge for each row. The first three columns restart that release; the last',
    'goes to 3.5.0. The first is on a host where no unit owns the daemons, the others are on hosts with the Debian units.',
    'All of them ended with status 0. Made by `npm run bench:keeps`.',
    '',
    line(['on the bridge', ...columns.map(({ title }) => title)]),
    line(['---', ...columns.map(() => '---')]),
    ...cases.map((one) => line([one.title, ...results.map((result) => result.get(one) ?? '')])),
    '',
  ].join('\n');
  await writeFile(table, text);
  console.log(text);
} finally {
  await lab.down();
}
