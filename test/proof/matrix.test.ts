import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName } from '../lab/support/bring-up.ts';
import { cases as all } from './matrix/cases/index.ts';
import { castOf, hostsFor } from './matrix/cast.ts';
import { beginNames, endNames } from './matrix/names.ts';
import { elsewhere, pageOf } from './matrix/page.ts';
import { type Row, tableOf } from './matrix/row.ts';
import { type Cast, play } from './matrix/stage.ts';

const page = fileURLToPath(new URL('../../docs/tables/failures.md', import.meta.url));

/** Some of them only: `OVSFLEET_MATRIX=reboot`; the page is written by a run over all. */
const wanted = new RegExp(process.env['OVSFLEET_MATRIX'] ?? '');
const cases = all.filter(({ fault, when, host }) => wanted.test(`${fault} / ${when} / ${host}`));

describe('whatever happens to a host or to the controller', () => {
  const NAME = ownName('proof-matrix');
  let lab: Lab;
  let cast: ReadonlyMap<(typeof cases)[number], Cast>;
  const rows = new Map<number, Row>();

  beforeAll(async () => {
    lab = await bringUp(NAME, hostsFor(cases));
    await beginNames(lab);
    cast = castOf(cases, lab);
  });
  afterAll(async () => {
    const inOrder = [...cases.keys()].map((at) => rows.get(at)).filter((row) => row !== undefined);
    const right = inOrder.filter(({ verdict }) => verdict === 'as it should be').length;
    process.stdout.write(`\n${right} of ${cases.length} faults ended as they should\n`);
    process.stdout.write(`${tableOf(inOrder)}\n`);
    if (cases.length === all.length) await writeFile(page, pageOf([...inOrder, ...elsewhere]));
    await endNames(lab);
    await removeLab(NAME);
  });

  describe.concurrent('is told truthfully, harms no other host, counts, and can be gone on with', () => {
    test.each(cases.map((one, at) => ({ one, at, fault: one.fault, when: one.when })))(
      '$fault, $when',
      async ({ one, at, fault, when }) => {
        const own = cast.get(one);
        if (own === undefined) throw new Error('it was given no hosts');
        try {
          rows.set(at, await play(lab, one, own));
        } catch (error) {
          const [verdict = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
          rows.set(at, {
            fault,
            when,
            said: '',
            others: '',
            budget: '',
            next: '',
            end: '',
            verdict: `NOT: ${verdict}`,
          });
          throw error;
        }
      },
    );
  });
});
