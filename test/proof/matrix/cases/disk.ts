import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../../src/lab/command.ts';
import type { Controller } from '../../../lab/support/product.ts';
import { inside, once } from '../acts.ts';
import { type Act, type Case, caseOf, waits } from '../case.ts';

const onMachine = async (command: string): Promise<void> => {
  await run(['sh', '-c', command], { limitMs: 60_000 });
};
const runsOf = ({ directory }: Controller): string => join(directory, '.ovsfleet');
const andGoOn =
  (act: Act): Act =>
  async (scene) => {
    await act(scene);
    await scene.release();
  };
/** To the last byte; a small file still fits into what one big write could not take. */
const fill = 'cat /dev/zero >/var/fill 2>/dev/null; while echo more >>/var/fill; do :; done 2>/dev/null; true';
const smallMount = (path: string): string =>
  `mkdir -p ${path} && mount -t tmpfs -o size=64k tmpfs ${path} && { cat /dev/zero >${path}/fill 2>/dev/null || :; }`;

const swapOnTight = {
  fault: '/ full',
  host: 'tight',
  playbook: 'swap',
  at: { is: 'event', fits: (event, victim) => event.type === 'transaction.state' && event.host === victim },
  inject: async () => undefined,
  mend: inside('rm /var/fill'),
  next: 'resume',
} as const satisfies Partial<Case>;

export const disk: readonly Case[] = [
  caseOf({
    fault: '/ full',
    when: 'before a file is sent',
    host: 'tight',
    vars: { work: waits },
    inject: andGoOn(inside(fill)),
    mend: inside('rm /var/fill'),
    said: { code: 3, outcome: 'failed', because: /No space left on device|status|space/ },
    next: 'resume',
  }),
  caseOf({
    ...swapOnTight,
    when: 'in the swap, before the database is converted',
    vars: { disturb_at: 'convert the database', disturb_by: once(fill) },
    said: { code: 3, outcome: 'undone', because: /convert the database/ },
  }),
  caseOf({
    ...swapOnTight,
    when: 'in the swap, when a flow is lost and all has to be undone',
    vars: {
      disturb_at: 'verify the switch',
      disturb_by: once(`${fill}; ovs-ofctl -O OpenFlow15 del-flows br-int table=30`),
    },
    // What differed could not be written down.
    said: { code: 3, outcome: 'undone', because: /"verify the switch" ended with status 1.*the disk is full/ },
  }),
  caseOf({
    fault: '/var full',
    when: 'before the swap',
    host: 'packaged',
    playbook: 'swap',
    at: { is: 'before the run' },
    inject: inside(smallMount('/var/lib/ovsfleet')),
    mend: inside('umount /var/lib/ovsfleet'),
    said: { code: 3, outcome: 'failed', because: /cannot be written|nothing was changed|No space/ },
    next: 'resume',
  }),
  caseOf({
    fault: '/tmp full',
    when: 'before the run',
    host: 'systemd',
    at: { is: 'before the run' },
    inject: inside('mount -t tmpfs -o size=64k,nr_inodes=2 tmpfs /tmp && touch /tmp/fill'),
    mend: inside('umount /tmp'),
    said: { code: 1, outcome: 'failed', because: /no temporary directory can be made/ },
    next: 'resume',
  }),
  caseOf({
    fault: '/ mounted read-only',
    when: 'in a step',
    host: 'systemd',
    vars: { work: `${waits}; sleep 2` },
    inject: async (scene) => {
      await scene.release();
      await inside('mount -o remount,ro /')(scene);
    },
    mend: inside('mount -o remount,rw /'),
    said: { code: 3, outcome: 'failed', because: /Read-only file system|status/ },
    next: 'resume',
  }),
  caseOf({
    fault: 'run directory of the controller full',
    when: 'in a step',
    vars: { work: waits },
    prepare: async ({ operator }) => {
      const runs = runsOf(operator);
      await mkdir(runs, { recursive: true });
      await onMachine(`mount -t tmpfs -o size=1m tmpfs ${runs}`);
    },
    inject: async ({ operator, release }) => {
      // Until the last byte is taken: the journal is written meanwhile.
      await onMachine(`cat /dev/zero >>${runsOf(operator)}/fill 2>/dev/null || :`);
      await release();
    },
    mend: async ({ operator }) => onMachine(`rm ${runsOf(operator)}/fill`),
    said: { code: 3, outcome: 'in-doubt', because: /could not be recorded/ },
    // Those in flight are not sent more either.
    others: ['in-doubt', 'changed', 'not-started'],
    next: 'resume',
  }),
];
