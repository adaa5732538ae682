/**
 * Plans ten thousand hosts that answer at once: what ovsfleet itself takes, in time and memory.
 * Run it with: node node_modules/.bin/jiti bench/plan.ts [HOSTS]
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createBus } from '../src/events/index.ts';
import { keepConnections, runPlaybook, uncontrolled } from '../src/execute/index.ts';
import type { FleetEvent } from '../src/model/event.ts';
import type { Host } from '../src/model/host.ts';
import type { Transport } from '../src/model/ports.ts';
import { unsupervised } from '../src/plan/index.ts';
import { playbook, step } from '../src/playbook/index.ts';
import { initialState, reduce } from '../src/render/index.ts';
import { secretBook, sh, using } from '../src/shell/index.ts';
import { hastyClock } from '../src/testing/index.ts';

const count = Number(process.argv[2] ?? 10_000);

const facts = ['ID=debian', 'VERSION_ID=12', 'kernel=6.1.0', 'arch=x86_64', 'init=systemd', 'ovs.owner=none'].join(
  '\n',
);

/** Says `none` to whatever is read, but for the facts. */
const answering: Transport = {
  connect: async (host) => ({
    host,
    run: async (program, options) => {
      const nonce = /^fleet_nonce=([0-9a-f]+)$/m.exec(program)?.[1] ?? '';
      const reads = [...program.matchAll(/^fleet_probe (\d+)$/gm)].map(([, index]) => index ?? '');
      const answer = /^facts_all$/m.test(program) ? facts : 'none';
      const frame = (kind: string, index: string, text: string): string =>
        `\n@${nonce} ${kind} ${index} ${text.length}\n${text}\n`;
      const said = [
        frame('hello', '0', ''),
        ...reads.map((index) => frame('read', index, answer)),
        frame('end', '0', ''),
      ];
      options?.onStdout?.(Buffer.from(said.join('')));
      return { code: 0, signal: null };
    },
    upload: async () => false,
    download: async () => ({ sha256: '', bytes: 0 }),
    close: async () => {},
  }),
};

const libraries = ['ovs-base', 'ovs-layout', 'ovs-release', 'ovs-forwarding', 'ovs-owner', 'ovs-swap', 'ovs-health'];
const plays = playbook({
  title: 'bench',
  params: {},
  plays: ['stage', 'swap'].map((title) => ({
    title,
    hosts: 'all',
    steps: () => [step(title, { read: using(libraries, sh`ovs_running`), want: 'new', make: sh`:` })],
  })),
});

const hosts = Array.from({ length: count }, (_, index): Host => {
  const name = `hv${String(index + 1).padStart(5, '0')}`;
  return { name, address: name, port: 22, user: 'root', groups: [], vars: {} };
});
const byName = new Map(hosts.map((host) => [host.name, host]));

let state = initialState;
let peak = 0;
const texts = new Map<string, string>();
const clock = hastyClock();
const bus = createBus({
  run: 'bench',
  clock,
  sinks: [
    {
      name: 'state',
      accept: (event) => {
        state = reduce(state, event);
        peak = Math.max(peak, process.memoryUsage.rss());
      },
    },
  ],
});
const started: FleetEvent = {
  type: 'run.started',
  title: 'bench',
  playbook: '',
  inventory: [],
  params: {},
  limit: null,
  mode: 'check',
  plays: ['stage', 'swap'],
  hosts: [...byName.keys()],
  version: '',
  resumes: null,
  plan: null,
  store: null,
};
const never = new AbortController().signal;
const began = performance.now();
bus.emit(started);
let nonces = 0;
const code = await runPlaybook({
  playbook: plays.resolve({}),
  select: () => hosts,
  selectAll: () => hosts,
  hostNamed: (name) => byName.get(name),
  mode: 'check',
  forks: 100,
  pinned: new Map(),
  oversight: unsupervised,
  localFile: null,
  controls: uncontrolled,
  interrupts: { wind: never, abort: never },
  services: {
    bus,
    clock,
    run: 'bench',
    lock: { owner: 'bench', earlier: [], whenTaken: 'refuse' },
    connections: keepConnections(answering, 200),
    libraries: (name) => {
      const text = texts.get(name) ?? readFileSync(new URL(`../templates/host/${name}.sh`, import.meta.url), 'utf8');
      texts.set(name, text);
      return text;
    },
    fetchedTo: (host, path) => `/nonexistent/${host}/${path}`,
    store: { find: async () => null, fileFor: (id) => id, add: async (id, sha256) => ({ file: id, sha256 }) },
    secrets: secretBook(),
    nonce: () => {
      nonces += 1;
      return nonces.toString(16).padStart(16, '0');
    },
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    fileDigest: async () => '',
  },
});
const seconds = (performance.now() - began) / 1000;
console.log(
  `${count} hosts planned for 2 plays in ${seconds.toFixed(1)} s, exit ${code}, ${nonces} programs, ${Math.round(peak / 2 ** 20)} MiB at most`,
);
