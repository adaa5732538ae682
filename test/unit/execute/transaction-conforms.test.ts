import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, type FakeHost, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import { explore } from '../shell/protocol/explore.ts';
import { beginning, type Disk, hasEnded, moves, type Nature, type World } from '../shell/protocol/model.ts';
import './support/patience.ts';
import { onePlay } from './support/playbooks.ts';
import { prepare, quick, swap } from './support/swap.ts';
import { ends } from './support/tell.ts';

/** The real program is stopped at every line that it writes, looked at, and disturbed; the model says how that may end. */
const works: Nature = { change: 'works', undo: 'works' };
const fails: Nature = { change: 'fails', undo: 'works' };

type Fault = 'kill' | 'power cut' | 'kill and removal of its unit';
const faults: readonly Fault[] = ['kill', 'power cut', 'kill and removal of its unit'];

const diskOf = ({ state, token, world, putBack, rebooted, unit }: World): Disk => ({
  state,
  token,
  world,
  putBack,
  rebooted,
  unit,
});

/** What the real host has on its disk, in the words of the model. */
const look = `
  cd /var/lib/ovsfleet/tx/*/ || exit
  read -r state <state
  token=none
  for name in awaiting confirmed expired; do [ ! -e $name ] || token=$name; done
  case $(cat /var/lib/release) in old) world=old ;; new) world=new ;; *) world=between ;; esac
  boot=$(cat /proc/sys/kernel/random/boot_id)
  put=never
  for file in put-back.*; do
    [ ! -e "$file" ] || [ "$put" = "this boot" ] || put='an earlier boot'
    [ "$file" != "put-back.$boot" ] || put='this boot'
  done
  rebooted=no; [ "$boot" = "$(cat boot)" ] || rebooted=yes
  unit=removed; [ -z "$(ls /etc/systemd/system)" ] || unit=there
  printf '{"state":"%s","token":"%s","world":"%s","putBack":"%s","rebooted":"%s","unit":"%s"}' "$state" "$token" "$world" "$put" "$rebooted" "$unit"
`;

/** A line of a phase is written before the phase, that of a state after it. */
const standing = (says: string, nature: Nature): readonly World[] => {
  const all = [...explore([beginning], (now) => moves(now, nature)).values()];
  const at = all.flatMap(({ now, next }) =>
    next.filter((move) => move.says === says).map((move) => (says.startsWith('phase ') ? now : move.to)),
  );
  // Meanwhile controllers may have acted.
  const later = explore(at, (now) => moves(now, nature).filter(({ by }) => by === 'controller'));
  return [...later.values()].map(({ now }) => now);
};

/** Where it may be once the fault has happened and everything else has run its course. */
const endsAfter = (from: readonly World[], fault: Fault, nature: Nature): readonly World[] => {
  const strike = (worlds: readonly World[], does: string): readonly World[] =>
    worlds
      .flatMap((now) => moves({ ...now, faultsLeft: 1 }, nature))
      .filter((move) => move.by === 'fault' && move.does === does)
      .map(({ to }) => to);
  const struck =
    fault === 'kill and removal of its unit'
      ? strike(
          from.map((now): World => ({ ...now, unit: 'removed' })),
          'kill',
        )
      : strike(from, fault);
  return [...explore(struck, (now) => moves(now, nature)).values()]
    .map(({ now }) => now)
    .filter((now) => hasEnded(now) && now.main === 'gone' && now.finish === 'gone');
};

const spoken = (nature: Nature): readonly string[] => [
  ...new Set(
    [...explore([beginning], (now) => moves(now, nature)).values()].flatMap(({ next }) =>
      next.flatMap(({ says }) => (says === null ? [] : [says])),
    ),
  ),
];
const goingBack = ['state undoing', 'phase undo: release', 'phase verify the undo', 'state undone'];
/** All that it says when it goes well; of one that fails what the other does not say, and its end. */
const cases = [
  ...spoken(works)
    .filter((says) => !goingBack.includes(says))
    .map((says) => ({ says, nature: works, node: swap(), title: `of one that works, at "${says}"` })),
  ...spoken(fails)
    .filter((says) => goingBack.includes(says) || says.startsWith('phase end'))
    .map((says) => ({
      says,
      nature: fails,
      node: swap({ start: sh`exit 7` }),
      title: `of one that fails, at "${says}"`,
    })),
].flatMap((one) => faults.map((fault) => ({ ...one, fault, name: `the ${fault} ${one.title}` })));

interface Seen {
  readonly before: Disk;
  readonly after: Disk;
  readonly held: string;
  readonly outcome: string;
}

const disturb = async (host: FakeHost, fault: Fault): Promise<void> => {
  const kill = 'kill -9 "$(cat /run/fake-systemd/*/pid)"';
  switch (fault) {
    case 'kill':
      await host.sh(kill);
      break;
    case 'kill and removal of its unit':
      await host.sh(`rm -f /etc/systemd/system/* /var/lib/fake-systemd/enabled/*; ${kill}`);
      break;
    case 'power cut':
      await host.reboot();
      break;
  }
};

const play = async (fleet: FakeFleet, name: string, node: Node, says: string, fault: Fault): Promise<Seen> => {
  const host = fleet.on(name);
  await host.reboot();
  await host.sh(`${prepare}; rm -f /etc/systemd/system/*; echo '${says}' >hang-at`);
  const running = rehearse(fleet, onePlay([node]), { instead: quick, limit: [name] });
  await host.sh('until [ -e /run/hangs ]; do sleep 0.05; done');
  const before: Disk = JSON.parse(await host.sh(look));
  await disturb(host, fault);
  const [outcome = ''] = ends((await running).events);
  await host.sh('until [ -z "$(ls /run/fake-systemd 2>/dev/null)" ]; do sleep 0.05; done');
  const after: Disk = JSON.parse(await host.sh(look));
  return { before, after, held: await host.sh('ls /var/lib/held 2>/dev/null || echo no'), outcome };
};

describe('the real program', () => {
  const names = ['hv01', 'hv02', 'hv03', 'hv04'];
  const seen = new Map<string, Seen>();
  let fleet: FakeFleet;
  beforeAll(async () => {
    fleet = await fakeFleet(Object.fromEntries(names.map((name) => [name, {}])));
    const left = [...cases];
    await Promise.all(
      names.map(async (host) => {
        for (let one = left.shift(); one !== undefined; one = left.shift()) {
          seen.set(one.name, await play(fleet, host, one.node, one.says, one.fault));
        }
      }),
    );
  }, 600_000);
  afterAll(() => fleet.close());

  it('is stopped at every line that the model knows', () => {
    expect(new Set([...cases.map(({ says }) => says)])).toEqual(new Set([...spoken(works), ...spoken(fails)]));
  });

  it.each(cases)('stands and ends as the model says after $name', ({ name, says, nature, fault }) => {
    const was = seen.get(name);
    const here = standing(says, nature);
    expect(here.map(diskOf)).toContainEqual(was?.before);
    const possible = endsAfter(here, fault, nature);
    // Whether its unit is taken away once it has ended is not the model's concern.
    expect(possible.map((now) => ({ ...diskOf(now), unit: '' }))).toContainEqual({ ...was?.after, unit: '' });
    expect(was?.held).toBe('no');
    expect(was?.outcome).toMatch(was?.after.state === 'done' ? / changed$/ : / undone$/);
  });
});
