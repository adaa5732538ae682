import { afterAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName } from '../lab/support/bring-up.ts';
import { dump, withoutCookies } from '../lab/support/dump.ts';
import {
  agentPid,
  executables,
  remainsOfTransactions,
  restoreFlag,
  unitStates,
  wellUnits,
} from '../lab/support/hosts.ts';
import { type Controller, controller, outcomes } from '../lab/support/product.ts';
import { addService, isHypervisor, judge } from './support/counted.ts';
import { runThroughKills, type Tally, tallyOf } from './support/kills.ts';
import { seeded } from './support/random.ts';

/** Kills in all; a quarter of them at least meets the real upgrade. */
const wanted = Number(process.env['OVSFLEET_KILLS'] ?? 200);
const seed = Number(process.env['OVSFLEET_SEED'] ?? Date.now() % 1_000_000);

const say = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

/** What is wrong with hosts, over all rounds: a line each. */
const faults: Readonly<Record<'forgotten' | 'repeated' | 'down' | 'diverged', string[]>> = {
  forgotten: [],
  repeated: [],
  down: [],
  diverged: [],
};
const note = (list: string[], round: string, host: string, what: readonly string[]): void => {
  for (const one of what) list.push(`round ${round}: ${host}: ${one}`);
};

const faultsSoFar = (): string =>
  `forgotten ${faults.forgotten.length}, repeated ${faults.repeated.length}, agents down ${faults.down.length}, converged ${faults.diverged.length === 0 ? 'yes' : 'no'}`;

const tellTally = (title: string, { kills, resumesKilled, wentOn, fell }: Tally): void => {
  say(`${title}: kills ${kills} (${resumesKilled} of them hit a resume), ended with hosts left and gone on ${wentOn}`);
  for (const [where, times] of [...fell].toSorted(([, a], [, b]) => b - a))
    say(`  ${String(times).padStart(4)}  ${where}`);
};

const counting = tallyOf(Math.ceil(wanted * 0.7), 5_000);
const upgrading = tallyOf(Math.floor(wanted * 0.3), 8_000);

afterAll(() => {
  tellTally('counting', counting);
  tellTally('upgrading', upgrading);
  for (const [what, lines] of Object.entries(faults)) for (const line of lines) say(`${what}: ${line}`);
  say(`seed ${seed}: kills ${counting.kills + upgrading.kills}, ${faultsSoFar()}`);
});

const expectNothingToDo = async (operator: Controller, args: readonly string[], round: string): Promise<void> => {
  const { code, events, stderr } = await operator.run(args);
  const other = Object.entries(outcomes(events)).filter(([, outcome]) => outcome !== 'current');
  if (code !== 0) note(faults.diverged, round, 'the fleet', [`a fresh run ended with ${code}: ${stderr}`]);
  for (const [host, outcome] of other) note(faults.diverged, round, host, [`a fresh run left it ${outcome}`]);
};

describe.concurrent('a controller that is killed over and over', () => {
  test('does what must be done once just once on each host, and starts again what it stopped', async () => {
    const random = seeded(seed);
    const name = ownName('proof-kill-count');
    const lab = await bringUp(name, { pkg31: 2, agent: 1, ssh: 4 });
    try {
      const hosts = lab.hosts.map((host) => host.name);
      await Promise.all(hosts.filter((host) => isHypervisor(lab, host)).map((host) => addService(lab, host)));
      const operator = await controller(lab, 'operator');
      for (let number = 1; counting.kills < counting.wanted; number += 1) {
        const round = `round-${number}`;
        const args = ['run', 'test/proof/playbooks/count.ts', '--no-type-check', '-e', `round=${round}`];
        await runThroughKills(operator, args, counting, random);
        await expectNothingToDo(operator, args, round);
        for (const [index, found] of (await Promise.all(hosts.map((host) => judge(lab, host, round)))).entries()) {
          const host = hosts[index] ?? '';
          note(faults.forgotten, round, host, found.forgotten);
          note(faults.repeated, round, host, found.repeated);
          note(faults.down, round, host, found.down);
          note(faults.diverged, round, host, found.left);
        }
        say(`counting: round ${number} done, ${counting.kills} of ${counting.wanted} kills, ${faultsSoFar()}`);
      }
    } finally {
      await removeLab(name);
    }
    expect(counting.kills).toBe(counting.wanted);
  });

  test('brings every hypervisor to the release, with its flows as before and its agent at work', async () => {
    const random = seeded(seed + 1);
    const name = ownName('proof-kill-swap');
    const judgeHost = async (lab: Lab, host: string, round: string, was: Awaited<ReturnType<typeof dump>>) => {
      const agent = lab.host(host).profile === 'agent';
      const is = await dump(lab, host);
      if (agent && (await agentPid(lab, host)) === '0') note(faults.down, round, host, ['the agent']);
      if (JSON.stringify(agent ? withoutCookies(is) : is) !== JSON.stringify(agent ? withoutCookies(was) : was))
        note(faults.diverged, round, host, ['it does not forward as before']);
      if (JSON.stringify(await unitStates(lab, host)) !== JSON.stringify(wellUnits(lab, host)))
        note(faults.down, round, host, await unitStates(lab, host));
      note(faults.diverged, round, host, await remainsOfTransactions(lab, host));
      if ((await restoreFlag(lab, host)) !== '') note(faults.diverged, round, host, ['flow-restore-wait is set']);
      return executables(lab, host);
    };
    for (let number = 1; upgrading.kills < upgrading.wanted; ) {
      const lab = await bringUp(name, { pkg31: 2, src: 1, agent: 1, builder: 1 });
      try {
        const hosts = lab.hosts.filter((host) => host.profile !== 'builder').map((host) => host.name);
        const was = new Map(await Promise.all(hosts.map(async (host) => [host, await dump(lab, host)] as const)));
        const operator = await controller(lab, 'operator');
        let before: string | null = null;
        // From the distribution's release to one of ours, which converts the database, then back and forth between two builds.
        for (const cflags of ['-O1', '-O0', '-O1', '-O0']) {
          if (upgrading.kills >= upgrading.wanted) break;
          const round = `swap-${number}`;
          const more = ['waves=1,100%', 'concurrency=2', 'stop_after=100%', 'max_gap=60s', `cflags=${cflags}`];
          const args = ['run', 'playbooks/upgrade.ts', '--no-type-check', ...more.flatMap((value) => ['-e', value])];
          await runThroughKills(operator, args, upgrading, random);
          await expectNothingToDo(operator, args, round);
          const running = await Promise.all(hosts.map((host) => judgeHost(lab, host, round, was.get(host) ?? {})));
          const releases = new Set(running.flat().map((file) => file.split('/')[4] ?? file));
          const [release = ''] = releases;
          hosts.forEach((host, index) => {
            const old = (running[index] ?? []).filter(
              (file) => !file.startsWith('/opt/ovsfleet/ovs/') || file.split('/')[4] === before,
            );
            note(faults.forgotten, round, host, old);
          });
          if (releases.size !== 1) note(faults.diverged, round, 'the fleet', [...releases]);
          before = release;
          say(
            `upgrading: round ${number} done (${release}), ${upgrading.kills} of ${upgrading.wanted} kills, ${faultsSoFar()}`,
          );
          number += 1;
        }
      } finally {
        await removeLab(name);
      }
    }
    expect(upgrading.kills).toBe(upgrading.wanted);
  });
});

describe('after all that', () => {
  test('nothing was forgotten, repeated, left down, or left different', () => {
    expect(faults).toEqual({ forgotten: [], repeated: [], down: [], diverged: [] });
  });
});
