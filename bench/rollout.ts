/**
 * Takes a play over ten thousand hosts from its first host to its last with nothing but the scheduler, its windows and
 * racks: what the rules of a rollout cost the controller by themselves.
 * Run it with: node node_modules/.bin/jiti bench/rollout.ts [HOSTS]
 */
import { parseWindows } from '../src/model/parse-window.ts';
import { domainsBy, foresee, timetables, waves } from '../src/rollout/index.ts';

type ForesightInput = Parameters<typeof foresee>[0];

const count = Number(process.argv[2] ?? 10_000);
const hosts = Array.from({ length: count }, (_, at) => `hv${String(at).padStart(5, '0')}`);
const rackOf = (host: string): string => `rack${Number(host.slice(2)) % 200}`;
const now = Date.UTC(2026, 10, 24, 1, 30);
const windows = (text: string) => parseWindows([text], 'bench').map(({ window }) => window);
/** Every second host has a window of its own, and of those one in five is closed at the time. */
const ownWindow = (host: string): string => {
  const number = Number(host.slice(2));
  if (number % 2 === 0) return '';
  return number % 5 === 0 ? 'sun 01:00-05:00 UTC' : 'daily 01:00-05:00 UTC';
};

const plain: ForesightInput = {
  schedule: { waves: waves(hosts, []), concurrency: 100, limit: 100 },
  pauseMs: 0,
  time: { ms: 60_000, needMs: 120_000, by: 'measured' },
  timetableOf: timetables([], []).bind(null, { name: 'any', vars: {} }),
  now,
};
const byHost = timetables(windows('daily 00:00-24:00 UTC'), []);
const withWindows: ForesightInput = {
  ...plain,
  timetableOf: (host) => byHost({ name: host, vars: { maintenance_window: ownWindow(host) } }),
};
const spread = (rule: 'never-two' | 'each-first'): ForesightInput => ({
  ...withWindows,
  schedule: { ...plain.schedule, domains: domainsBy({ by: 'rack', rule }, rackOf) },
});

const cases: readonly (readonly [string, ForesightInput])[] = [
  ['no windows, no racks', plain],
  ['windows by host', withWindows],
  ['windows, never two of a rack', spread('never-two')],
  ['windows, one rack after the other', spread('each-first')],
];
for (const [name, input] of cases) {
  const before = process.cpuUsage();
  const { fit } = foresee(input);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(
    `${name.padEnd(36)} ${String(fit).padStart(6)} hosts ${((user + system) / 1e6).toFixed(2)} CPU-s\n`,
  );
}
