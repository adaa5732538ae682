import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyBatch, type BatchStep, probeBatch, type Script, sh, type Way } from '../../../src/shell/index.ts';
import { type BatchRun, libraries, lockOf, nonce, type Sandbox, sandbox } from './support/sandbox.ts';
import { type Shell, shells } from './support/shells.ts';

const always = sh`:`;
const way = (make: Script, can: Script = always): Way => ({ title: '', can, make });
const step = (read: Script, want: string, ...makes: readonly Script[]): BatchStep => ({
  read,
  want,
  ways: makes.map((make) => way(make)),
  withinSeconds: 0,
  limitSeconds: 600,
});

const lock = lockOf('run-1');

let host: Sandbox;
beforeAll(async () => {
  host = await sandbox();
});
afterAll(() => host.close());

/** A file on the host that steps of these tests are about. */
let file = '';
let count = 0;
beforeEach(async () => {
  count += 1;
  file = join(host.directory, `state-${count}`);
  await writeFile(file, 'old\n');
});

const readFileStep = (): Script => sh`cat ${file}`;
const write = (text: string): Script => sh`printf '%s\n' ${text} >${file}`;

const apply = (shell: Shell, steps: readonly BatchStep[], instead = ''): Promise<BatchRun> =>
  host.run(shell, applyBatch(steps, { nonce, libraries: libraries(instead), lock }));
const probe = (shell: Shell, steps: readonly BatchStep[]): Promise<BatchRun> =>
  host.run(shell, probeBatch(steps, { nonce, libraries: libraries() }));

/** What it told between the greeting and the end of a batch that ran to its end. */
const whole = (ran: BatchRun): readonly string[] => {
  expect(ran.stderr).toBe('');
  expect(ran.told[0]).toMatch(/^hello 0 [0-9a-f-]{36}$/);
  expect(ran.told.at(-1)).toBe('end 0');
  return ran.told.slice(1, -1);
};

/** What it told after the greeting, when it stopped before its end. */
const stopped = (ran: BatchRun): readonly string[] => {
  expect(ran.told[0]).toMatch(/^hello 0 [0-9a-f-]{36}$/);
  expect(ran.told).not.toContain('end 0');
  return ran.told.slice(1);
};

describe.each(shells)('an applying batch under $name', (shell) => {
  it('says ok of what is as wanted, and makes nothing', async () => {
    const ran = await apply(shell, [step(readFileStep(), 'old', sh`echo ran; ${write('spoilt')}`)]);
    expect(whole(ran)).toEqual(['start 0', 'was 0 old', 'ok 0']);
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });

  it('makes what is not as wanted, and proves it by reading again', async () => {
    const ran = await apply(shell, [step(readFileStep(), 'new', write('new'))]);
    expect(whole(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', 'changed 0 new']);
  });

  it('does the steps in order, each seeing what those before it did', async () => {
    const ran = await apply(shell, [
      step(readFileStep(), 'one', write('one')),
      step(sh`wc -l <${file} | tr -d ' '`, '2', sh`echo two >>${file}`),
      step(sh`tail -n 1 ${file}`, 'two', sh`exit 9`),
    ]);
    expect(whole(ran)).toEqual([
      'start 0',
      'was 0 old',
      'way 0 1',
      'changed 0 one',
      'start 1',
      'was 1 1',
      'way 1 1',
      'changed 1 2',
      'start 2',
      'was 2 two',
      'ok 2',
    ]);
  });

  it('shows what a program prints, stderr too, between the frames of its step', async () => {
    const ran = await apply(shell, [
      step(readFileStep(), 'new', sh`echo first; echo second >&2; printf 'no newline'; ${write('new')}`),
    ]);
    expect(whole(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', '| first\nsecond\nno newline', 'changed 0 new']);
  });

  it('stops at the first step that fails, with its exit status', async () => {
    const ran = await apply(shell, [
      step(readFileStep(), 'new', sh`echo 'no space left' >&2; return 28`),
      step(readFileStep(), 'never', write('never')),
    ]);
    expect(stopped(ran)).toEqual([
      'start 0',
      'was 0 old',
      'way 0 1',
      '| no space left\n',
      'failed 0 it ended with status 28',
    ]);
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });

  it('is not ended by a step that calls exit', async () => {
    const ran = await apply(shell, [
      step(readFileStep(), 'new', sh`${write('new')}; exit 3`),
      step(readFileStep(), 'newer', sh`${write('newer')}; exit 0; ${write('after exit')}`),
    ]);
    expect(whole(ran)).toEqual([
      'start 0',
      'was 0 old',
      'way 0 1',
      'changed 0 new',
      'start 1',
      'was 1 new',
      'way 1 1',
      'changed 1 newer',
    ]);
  });

  it('says unproven when a step was made without an error and reading does not give what was wanted', async () => {
    const ran = await apply(shell, [step(readFileStep(), 'new', write('other')), step(readFileStep(), 'other')]);
    expect(stopped(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', 'unproven 0 other']);
  });

  it('fails a step that cannot be read, with what the program said, and makes nothing', async () => {
    const ran = await apply(shell, [step(sh`echo half; echo 'not running' >&2; exit 2`, 'new', write('new'))]);
    expect(stopped(ran)).toEqual(['start 0', 'failed 0 half\nnot running']);
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });

  it('makes a step whose state could not be known before', async () => {
    const ran = await apply(shell, [
      step(sh`[ "$(cat ${file})" = new ] || { echo 'not installed yet'; exit 75; }; echo 1`, '1', write('new')),
    ]);
    expect(whole(ran)).toEqual(['start 0', 'was 0 not installed yet', 'way 0 1', 'changed 0 1']);
  });

  it('does not take "not yet knowable" for what is wanted, even when the reason reads the same', async () => {
    const ran = await apply(shell, [step(sh`echo 1; exit 75`, '1', sh`:`)]);
    expect(stopped(ran)).toEqual(['start 0', 'was 0 1', 'way 0 1', 'unproven 0 1']);
  });

  it('falls to the next way with the reason: it cannot, it failed, it did not help', async () => {
    const ran = await apply(shell, [
      {
        read: readFileStep(),
        want: 'new',
        withinSeconds: 0,
        limitSeconds: 600,
        ways: [
          way(write('never'), sh`echo 'no signing key' >&2; false`),
          way(sh`echo trying; exit 4`),
          way(sh`:`),
          way(write('new')),
          way(write('never')),
        ],
      },
    ]);
    expect(whole(ran)).toEqual([
      'start 0',
      'was 0 old',
      'fall 0 1 no signing key',
      'way 0 2',
      '| trying\n',
      'fall 0 2 it ended with status 4',
      'way 0 3',
      'fall 0 3 reading again does not give what is wanted',
      'way 0 4',
      'changed 0 new',
    ]);
  });

  it('fails with the last reason when no way can be gone', async () => {
    const ran = await apply(shell, [
      {
        read: readFileStep(),
        want: 'new',
        withinSeconds: 0,
        limitSeconds: 600,
        ways: [way(sh`:`, sh`echo 'no target'; false`), way(sh`:`, sh`echo 'no depmod'; false`)],
      },
    ]);
    expect(stopped(ran)).toEqual(['start 0', 'was 0 old', 'fall 0 1 no target', 'failed 0 no depmod']);
  });

  it('waits for a check to come true, and reads once a second', async () => {
    const ran = await apply(
      shell,
      [{ read: sh`wc -l <${file} | tr -d ' '`, want: '4', ways: [], withinSeconds: 5, limitSeconds: 600 }],
      `sleep() { echo "$1" >>${file}; }`,
    );
    expect(whole(ran)).toEqual(['start 0', 'ok 0']);
    expect(await readFile(file, 'utf8')).toBe('old\n1\n1\n1\n');
  });

  it('fails a check that has not come true within its time, with what it reads', async () => {
    const ran = await apply(
      shell,
      [
        { read: sh`wc -l <${file} | tr -d ' '`, want: '9', ways: [], withinSeconds: 2, limitSeconds: 600 },
        step(readFileStep(), 'never', write('never')),
      ],
      `sleep() { echo "$1" >>${file}; }`,
    );
    expect(stopped(ran)).toEqual(['start 0', 'failed 0 3']);
  });

  it('waits for what was made to show, when the step allows it time', async () => {
    const ran = await apply(
      shell,
      [{ ...step(readFileStep(), 'new', sh`echo starting`), withinSeconds: 2 }],
      `sleep() { echo new >${file}; }`,
    );
    expect(whole(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', '| starting\n', 'changed 0 new']);
  });

  it('does not wait for what failed to be made', async () => {
    const ran = await apply(
      shell,
      [{ ...step(readFileStep(), 'new', sh`exit 6`), withinSeconds: 60 }],
      `sleep() { echo new >${file}; }`,
    );
    expect(stopped(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', 'failed 0 it ended with status 6']);
  });

  it('says changed of what was made in spite of an error', async () => {
    const ran = await apply(shell, [step(readFileStep(), 'new', sh`${write('new')}; exit 6`)]);
    expect(whole(ran).at(-1)).toBe('changed 0 new');
  });

  it('keeps its program from programs that read stdin', async () => {
    const eats = sh`cat >/dev/null; cat ${file}`;
    const ran = await apply(shell, [
      {
        ...step(eats, 'new', sh`cat >/dev/null; ${write('new')}`),
        ways: [way(sh`cat >/dev/null; ${write('new')}`, sh`cat >/dev/null`)],
      },
      step(eats, 'newer', sh`sh -c 'cat >/dev/null'; ${write('newer')}`),
    ]);
    expect(whole(ran).filter((line) => line.startsWith('changed'))).toEqual(['changed 0 new', 'changed 1 newer']);
  });

  it('counts bytes: what a host prints in any alphabet arrives whole', async () => {
    const text = 'Größe → 日本語 😀';
    const ran = await apply(shell, [
      step(sh`cat ${file}`, text, sh`printf '%s' ${text} >${file}; printf '%s\n' ${text}`),
    ]);
    expect(whole(ran)).toEqual(['start 0', 'was 0 old', 'way 0 1', `| ${text}\n`, `changed 0 ${text}`]);
  });

  it('takes a record of several lines, quotes and all', async () => {
    const record = 'hostname=hv 01\nquote=\'"$HOME`\nlast=\\n';
    const ran = await apply(shell, [step(sh`cat ${file}`, record, write(record))]);
    expect(whole(ran).at(-1)).toBe(`changed 0 ${record}`);
  });

  it('leaves no file behind, whether it ends well or not', async () => {
    await apply(shell, [step(readFileStep(), 'old', sh`:`)]);
    await apply(shell, [step(sh`exit 1`, 'old', sh`:`)]);
    expect((await readdir(host.directory)).filter((name) => name.startsWith('ovsfleet'))).toEqual([]);
  });

  it('says so when the host has nowhere to put a temporary file, and makes nothing', async () => {
    const program = applyBatch([step(readFileStep(), 'new', write('new'))], {
      nonce,
      libraries: libraries(),
      lock,
    });
    const ran = await host.run(shell, program, { TMPDIR: '/proc/nowhere' });
    expect(ran.told).toEqual(['broken 0 no temporary directory can be made below /proc/nowhere']);
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });
});

describe.each(shells)('a probe under $name', (shell) => {
  it('reads every step, and says which cannot be known yet and which cannot be read', async () => {
    const ran = await probe(shell, [
      step(readFileStep(), 'new', write('new')),
      step(sh`echo 'not installed yet'; exit 75`, '1', write('new')),
      step(sh`echo 'cannot connect' >&2; exit 1`, '1', write('new')),
      step(sh`nonesuch`, '1', write('new')),
      step(sh`printf 'a=1\nb=2\n\n'`, '1', write('new')),
    ]);
    expect(whole(ran)).toEqual([
      'read 0 old',
      'unknown 1 not installed yet',
      'error 2 cannot connect',
      expect.stringMatching(/^error 3 .*nonesuch.*not found$/),
      'read 4 a=1\nb=2',
    ]);
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });

  it('takes no lock, so that a plan can be made while another run works', async () => {
    await host.run(shell, 'rm -f /run/ovsfleet/lock');
    const ran = await probe(shell, [step(sh`[ -e /run/ovsfleet/lock ] && echo locked || echo free`, 'free')]);
    expect(whole(ran)).toEqual(['read 0 free']);
  });

  it('reads a megabyte', async () => {
    const ran = await probe(shell, [step(sh`yes 0123456789abcde | head -c 1048575`, '')]);
    const [part] = ran.parts.slice(1);
    expect(part?.text.length).toBe(1_048_575);
  });

  it('says of a reading that prints more than that that it cannot be read, and does not keep it', async () => {
    const ran = await probe(shell, [step(sh`yes 0123456789abcde | head -c 50000000`, '')]);
    expect(whole(ran)).toEqual(['error 0 it printed more than 1048576 bytes']);
  });
});

describe.each(shells)('a step that never ends under $name', (shell) => {
  const seconds = 2;
  const started = (): Script => sh`sleep 2718 & sleep 2719 | cat; ${write('new')}`;
  /** What of it is still there; daemons have a session of their own. */
  const left = async (): Promise<string> =>
    (await host.run(shell, 'pgrep -fax "sleep 27[0-9]*" | cut -d " " -f 2- | sort')).told.join('');

  it('is ended when its time is over with all that it started, is told so, and the next is not begun', async () => {
    const ran = await apply(shell, [
      { ...step(readFileStep(), 'new', started()), limitSeconds: seconds },
      step(readFileStep(), 'never', write('never')),
    ]);
    expect(ran.told.at(-1)).toBe('late 0 it was not done within 2 s, and all that it had started was ended');
    expect(await left()).toBe('');
    expect(await readFile(file, 'utf8')).toBe('old\n');
  });

  it('does not take the next way once its time is over', async () => {
    const ran = await apply(shell, [
      { ...step(readFileStep(), 'new', sh`sleep 2718`, write('new')), limitSeconds: seconds },
    ]);
    // Some shells say themselves that it was killed.
    const told = ran.told.slice(1).filter((line) => !line.startsWith('| '));
    expect(told).toEqual(['start 0', 'was 0 old', 'way 0 1', expect.stringMatching(/^late 0 /)]);
  });

  it('is ended also while it is read or waited for', async () => {
    const reads = await apply(shell, [{ ...step(sh`sleep 2718`, 'new', write('new')), limitSeconds: seconds }]);
    expect(reads.told.at(-1)).toMatch(/^late 0 /);
    const waits = await apply(shell, [
      { read: sh`sleep 2718`, want: 'new', ways: [], withinSeconds: 60, limitSeconds: seconds },
    ]);
    expect(waits.told.at(-1)).toMatch(/^late 0 /);
  });

  it('leaves the daemons alone that it or a step before it has started', async () => {
    const daemon = sh`setsid sleep 2717 </dev/null >/dev/null 2>&1 &`;
    const background = sh`sleep 2716 </dev/null >/dev/null 2>&1 &`;
    const ran = await apply(shell, [
      step(readFileStep(), 'first', sh`${background} ${write('first')}`),
      // The clock of processes has ticks of 10 ms.
      step(readFileStep(), 'second', sh`sleep 0.1; ${write('second')}`),
      { ...step(readFileStep(), 'new', sh`${daemon} sleep 2718`), limitSeconds: seconds },
    ]);
    expect(ran.told.at(-1)).toMatch(/^late 2 /);
    expect(await left()).toBe('| sleep 2716\nsleep 2717\n');
    await host.run(shell, 'pkill -f "^sleep 271[67]$"');
  });
});
