import { type Row, tableOf } from './row.ts';

const shown = 'as it should be';

/** Faults that a lab whose hosts share one kernel and one clock cannot inject, and where they are seen instead. */
export const elsewhere: readonly Row[] = [
  {
    fault: 'clock jump',
    when: 'in a run',
    said: 'not injected here: hosts of a lab share the clock of the machine. With a fake clock: test/unit/execute/clock.test.ts',
    others: '',
    budget: '',
    next: '',
    end: '',
    verdict: 'unit tests only',
  },
];

/** The page of the documentation that shows all rows. */
export const pageOf = (rows: readonly Row[]): string => {
  const right = rows.filter(({ verdict }) => verdict === shown).length;
  return `# What each failure leads to

Written by \`npm run proof:matrix\`: each fault is injected into a real run on real hosts of a lab; what the row says is what
was seen, and the command fails unless all of it is so. A journey is three steps and a file on three hosts, of which the fault meets one:
the next starts in its own wave, the third only in the second, and one failure is all that is allowed. A swap is that of Open vSwitch
3.1.0 for 3.5.0 on two hosts, one after the other. In the end each host is looked at from outside: every step was made, and none twice; or the switch
is upgraded and forwards as before.

${right} of ${rows.length} rows as they should be.

${tableOf(rows)}
`;
};
