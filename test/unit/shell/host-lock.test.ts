import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch, type LockText, probeBatch, releaseBatch, type Script, sh } from '../../../src/shell/index.ts';
import { type BatchRun, libraries, lockOf, nonce, type Sandbox, sandbox } from './support/sandbox.ts';
import { type Shell, shells } from './support/shells.ts';

let host: Sandbox;
beforeAll(async () => {
  host = await sandbox();
});
afterAll(() => host.close());

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(host.directory, 'case-'));
});
afterEach(() => onHost('rm -rf /run/ovsfleet /var/lib/ovsfleet'));

const onHost = async (script: string): Promise<string> => {
  const [shell] = shells;
  if (shell === undefined) return '';
  const ran = await host.run(shell, script);
  expect(ran.stderr).toBe('');
  return ran.parts.map((part) => part.text).join('');
};

interface Asked {
  readonly run?: string;
  readonly lock?: Partial<LockText>;
  /** Shell functions in the place of the batch's own. */
  readonly instead?: string;
}

/** Applies one step that is never as wanted before it was made. */
const apply = (shell: Shell, make: Script, asked: Asked = {}): Promise<BatchRun> => {
  const done = join(directory, `done-${asked.run ?? 'run-1'}`);
  return host.run(
    shell,
    applyBatch(
      [
        {
          read: sh`[ -e ${done} ] && echo yes || echo no`,
          want: 'yes',
          ways: [{ title: '', can: sh`:`, make: sh`${make}; : >${done}` }],
          withinSeconds: 0,
          limitSeconds: 600,
        },
      ],
      { nonce, libraries: libraries(asked.instead), lock: lockOf(asked.run ?? 'run-1', asked.lock) },
    ),
  );
};
const probe = (shell: Shell): Promise<BatchRun> =>
  host.run(
    shell,
    probeBatch([{ read: sh`echo here`, want: 'here', ways: [], withinSeconds: 0, limitSeconds: 600 }], {
      nonce,
      libraries: libraries(),
    }),
  );

/** Says that the run is done with the host. */
const release = (shell: Shell, run: string): Promise<BatchRun> =>
  host.run(shell, releaseBatch(run, { nonce, libraries: libraries() }));

const greeting = expect.stringMatching(/^hello 0 /);
const changed = [greeting, 'start 0', 'was 0 no', 'way 0 1', 'changed 0 yes', 'end 0'];

/** A place where a batch stops until the test lets it go on. */
const gate = (name: string) => {
  const [here, on] = [join(directory, `${name}-here`), join(directory, `${name}-on`)];
  execFileSync('mkfifo', [here, on]);
  return {
    script: sh`: >${here}; cat ${on}`,
    reached: () => readFile(here),
    open: () => writeFile(on, ''),
  };
};

describe.each(shells)('transactions found on the host under $name', (shell) => {
  const found = (states: Readonly<Record<string, string>>): Promise<string> =>
    onHost(
      Object.entries(states)
        .map(
          ([id, state]) =>
            `mkdir -p /var/lib/ovsfleet/tx/${id} && printf '%s' '${state}' >/var/lib/ovsfleet/tx/${id}/state`,
        )
        .join('\n'),
    );

  it('stop a changing batch and a probe, when one is open, and each is told', async () => {
    await found({
      a: 'prepared',
      b: 'running',
      c: 'running:start',
      d: 'awaiting',
      e: 'confirmed',
      f: 'undoing',
      g: 'done',
    });
    const told = [
      greeting,
      'open 0 a prepared',
      'open 0 b running',
      'open 0 c running:start',
      'open 0 d awaiting',
      'open 0 e confirmed',
      'open 0 f undoing',
    ];
    expect((await apply(shell, sh`:`)).told).toEqual(told);
    expect((await probe(shell)).told).toEqual(told);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('stop all when one is stuck, until somebody says that it was put right', async () => {
    await found({ a: 'done', c: 'stuck\n\n\n' });
    expect((await apply(shell, sh`:`)).told).toEqual([greeting, 'stuck 0 c stuck']);
    expect((await probe(shell)).told).toEqual([greeting, 'stuck 0 c stuck']);
    await onHost('echo "by hand" >/var/lib/ovsfleet/tx/c/accepted');
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
  });

  it('cost a batch next to nothing when a thousand have ended', async () => {
    await onHost(`
      mkdir -p /var/lib/ovsfleet/tx && cd /var/lib/ovsfleet/tx || exit
      n=0
      while [ $n -lt 1000 ]; do mkdir old-$n; echo done >old-$n/state; n=$((n+1)); done
    `);
    const forks = 'cat() { echo cat >>/run/forks; command cat "$@"; }';
    expect((await apply(shell, sh`:`, { instead: forks })).told).toEqual(changed);
    expect(Number(await onHost('wc -l </run/forks; rm /run/forks'))).toBeLessThan(50);
  });

  it('stop nothing when they have ended', async () => {
    await found({ a: 'done', b: 'undone', c: 'undone\n\n\n' });
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
    expect((await probe(shell)).told).toEqual([greeting, 'read 0 here', 'end 0']);
  });

  it('count as open when their state cannot be understood', async () => {
    await found({ a: '', b: 'nonsense' });
    expect((await probe(shell)).told).toEqual([greeting, 'open 0 a', 'open 0 b nonsense']);
  });
});

describe.each(shells)("the host's lock under $name", (shell) => {
  it('is kept for the run after each of its batches, well or not, until it says that it is done', async () => {
    expect((await apply(shell, sh`exit 1`)).told.at(-1)).toBe('failed 0 it ended with status 1');
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
    const other = await apply(shell, sh`:`, { run: 'run-2' });
    expect(other.told).toEqual([
      greeting,
      expect.stringMatching(/^locked 0 0 0 0 run-1 tester@controller:\/fleet-of-run-1 \d+ \d+$/),
    ]);
    await release(shell, 'run-2');
    expect((await apply(shell, sh`:`, { run: 'run-2' })).told.at(-1)).toMatch(/^locked /);
    await release(shell, 'run-1');
    expect((await apply(shell, sh`:`, { run: 'run-2' })).told).toEqual(changed);
  });

  it('is kept for half a minute when the run is never heard of again', async () => {
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
    const [, , , , , , until] = (await onHost('cat /run/ovsfleet/lock')).trim().split(' ');
    const now = Number((await readFile('/proc/uptime', 'utf8')).split('.')[0]);
    expect(Number(until)).toBeGreaterThan(now);
    expect(Number(until)).toBeLessThanOrEqual(now + 30);
    await onHost(`sed -i 's/[0-9]*$/${now}/' /run/ovsfleet/lock`);
    expect((await apply(shell, sh`:`, { run: 'run-2' })).told).toEqual(changed);
  });

  it('is had at once by the run that goes on with that one, and by another of the same fleet', async () => {
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
    expect((await apply(shell, sh`:`, { run: 'run-2', lock: { earlier: ['run-0', 'run-1'] } })).told).toEqual(changed);
    const owner = 'tester@controller:/fleet-of-run-2';
    expect((await apply(shell, sh`:`, { run: 'run-3', lock: { owner } })).told).toEqual(changed);
  });

  it('says since when the run has it, not since its last batch', async () => {
    await onHost(
      "mkdir -p /run/ovsfleet && echo '0 0 0 run-1 tester@controller:/fleet-of-run-1 1700000000 0' >/run/ovsfleet/lock",
    );
    await apply(shell, sh`:`);
    expect((await onHost('cat /run/ovsfleet/lock')).split(' ')[5]).toBe('1700000000');
  });

  it('is free again after a reboot, also for the run that had it', async () => {
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
    await onHost('rm -rf /run/ovsfleet');
    expect((await apply(shell, sh`:`, { run: 'run-2' })).told).toEqual(changed);
  });

  it('is let go when the batch is ended from outside', async () => {
    const ran = await apply(shell, { text: 'kill -TERM $$', libraries: [] });
    expect([ran.told.at(-1), ran.code]).toEqual(['way 0 1', 143]);
    expect(await onHost('cut -d " " -f 1,4 /run/ovsfleet/lock')).toBe('0 run-1\n');
  });

  it('is stolen when that is asked for: the batch is ended with all that it started, and its run is told', async () => {
    const held = gate('first');
    const first = apply(shell, sh`sleep 3141 & ${held.script}; sleep 3142`);
    await held.reached();
    await held.open();
    const second = await apply(shell, sh`:`, { run: 'run-2', lock: { whenTaken: 'steal' } });
    expect(second.told).toEqual([
      greeting,
      expect.stringMatching(/^stolen 0 [1-9]\d* \d+ \d+ run-1 tester@controller:\/fleet-of-run-1 \d+ \d+$/),
      ...changed.slice(1),
    ]);
    expect((await first).told.at(-1)).toBe('way 0 1');
    expect(await onHost('pgrep -fax "sleep 314[0-9]" || :')).toBe('');
    expect((await apply(shell, sh`:`)).told.at(-1)).toMatch(/^locked 0 0 0 0 run-2 /);
  });

  it('is stolen from a run that is between two batches, and never from the run itself', async () => {
    await apply(shell, sh`:`);
    const own = await apply(shell, sh`:`, { lock: { whenTaken: 'steal' } });
    expect(own.told.some((line) => line.startsWith('stolen'))).toBe(false);
    const other = await apply(shell, sh`:`, { run: 'run-2', lock: { whenTaken: 'steal' } });
    expect(other.told[1]).toMatch(/^stolen 0 0 0 0 run-1 /);
    expect(other.told.at(-1)).toBe('end 0');
  });

  it('is waited for when a batch of the run before is still at work, and the operator is told', async () => {
    const [held, waits] = [gate('first'), gate('second')];
    const first = apply(shell, held.script);
    await held.reached();
    const second = apply(shell, sh`:`, {
      run: 'run-2',
      lock: { earlier: ['run-1'] },
      instead: `sleep() { ${waits.script.text}; }`,
    });
    await waits.reached();
    await held.open();
    expect((await first).told).toEqual(changed);
    await waits.open();
    expect((await second).told).toEqual([
      greeting,
      expect.stringMatching(/^waiting 0 [1-9]\d* \d+ \d+ run-1 /),
      ...changed.slice(1),
    ]);
  });

  it('is refused with its owner when another batch holds it', async () => {
    const held = gate('first');
    const first = apply(shell, held.script);
    await held.reached();
    const second = await apply(shell, sh`:`, { run: 'run-2' });
    await held.open();
    expect(second.told).toEqual([
      greeting,
      expect.stringMatching(/^locked 0 [1-9]\d* \d+ \d+ run-1 tester@controller:\/fleet-of-run-1 \d+ \d+$/),
    ]);
    expect((await first).told).toEqual(changed);
  });

  it('is waited for, and had when the first lets it go', async () => {
    const [held, waits] = [gate('first'), gate('second')];
    const first = apply(shell, held.script);
    await held.reached();
    const second = apply(shell, sh`:`, {
      run: 'run-2',
      lock: { waitSeconds: 1 },
      instead: `sleep() { ${waits.script.text}; }`,
    });
    await waits.reached();
    await held.open();
    expect((await first).told).toEqual(changed);
    await release(shell, 'run-1');
    await waits.open();
    expect((await second).told).toEqual(changed);
  });

  it('is given up after the seconds to wait for it', async () => {
    const held = gate('first');
    const first = apply(shell, held.script);
    await held.reached();
    const naps = join(directory, 'naps');
    const second = await apply(shell, sh`:`, {
      run: 'run-2',
      lock: { waitSeconds: 3 },
      instead: `sleep() { echo "$1" >>${naps}; }`,
    });
    await held.open();
    await first;
    expect(second.told.at(-1)).toMatch(/^locked 0 /);
    expect(await readFile(naps, 'utf8')).toBe('1\n1\n1\n');
  });

  it('does not let a batch change what a transaction has begun to while it waited', async () => {
    const [held, waits] = [gate('first'), gate('second')];
    const begin = 'mkdir -p /var/lib/ovsfleet/tx/swap-1; echo running >/var/lib/ovsfleet/tx/swap-1/state';
    const first = apply(shell, sh`${held.script}; ${{ text: begin, libraries: [] }}`);
    await held.reached();
    const second = apply(shell, sh`:`, {
      run: 'run-2',
      lock: { waitSeconds: 9, owner: 'tester@controller:/fleet-of-run-1' },
      instead: `sleep() { ${waits.script.text}; }`,
    });
    await waits.reached();
    await held.open();
    await first;
    await waits.open();
    expect((await second).told.filter((line) => !line.startsWith('waiting '))).toEqual([
      greeting,
      'open 0 swap-1 running',
    ]);
  });

  it.each([
    ['a batch that is dead', '999999999 1 999999999 run-0 a@b:/c 1700000000 0'],
    ['a batch whose number another process has now', '1 1 1 run-0 a@b:/c 1700000000 0'],
    ['a batch of the form before', '999999999 1 run-0'],
    ['nobody, since its batch died before it wrote its name', ''],
    ['something that cannot be understood', '* ? [a-z]'],
  ])('is taken from %s', async (_, owner) => {
    await onHost(`mkdir -p /run/ovsfleet && printf '%s\n' '${owner}' >/run/ovsfleet/lock`);
    expect((await apply(shell, sh`:`)).told).toEqual(changed);
  });

  it('is never held by two, however many come at once to take it from a dead batch', async () => {
    await onHost("mkdir -p /run/ovsfleet && echo '999999999 1 1 run-0 a@b:/c 1700000000 0' >/run/ovsfleet/lock");
    const busy = join(directory, 'busy');
    const alone = sh`mkdir ${busy} || echo 'two at once'; command sleep 0.01; rmdir ${busy}`;
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        apply(shell, alone, {
          run: `run-${index}`,
          lock: { owner: 'one@place:/', waitSeconds: 1000 },
          instead: 'sleep() { command sleep 0.02; }',
        }),
      ),
    );
    const told = runs.map((ran) => ran.told.filter((line) => !line.startsWith('waiting ')));
    expect(told).toEqual(runs.map(() => changed));
  });

  it('says so when it can be neither made nor taken', async () => {
    await onHost(': >/run/ovsfleet');
    expect((await apply(shell, sh`:`)).told.filter((line) => !line.startsWith('|'))).toEqual([
      greeting,
      expect.stringMatching(/^broken 0 .*\/run\/ovsfleet/),
    ]);
  });
});
