import { tableText } from './table.ts';
import type { Loss } from './watch.ts';

/** One exchange of the module in memory, with what a guest lost. */
export interface SwapRow {
  readonly owner: string;
  readonly module: string;
  readonly way: string;
  readonly loss: Loss;
  readonly tookMs: number;
  readonly ended: string;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The page that holds the table. */
export const page = (rows: readonly SwapRow[]): string =>
  `# Exchanging the kernel module under a guest's traffic

Open vSwitch 3.1.0 on Debian's kernel, its module in memory exchanged for one that was compiled out of tree from the
kernel's own net/openvswitch, while a guest is pinged ten times a second from a guest of another machine, over vxlan. The
machines are emulated (qemu without hardware help, some twenty times slower than a real processor) on two cores that may be
busy with more, so the times compare two rows roughly, and none of them is what a real host would show; ours starts many small
programs, which is what an emulated processor does worst. "Refuses to work" is a module that passes every check beforehand and
fails when it starts. The time that ours took is that of the whole playbook, with looking, installing and proving. Made by
\`npm run proof:kernel\`.

${tableText(
  ['host', 'module', 'way', 'ended', 'longest gap', 'pings lost', 'took'],
  rows.map(({ owner, module, way, ended, loss, tookMs }) => [
    owner,
    module,
    way,
    ended,
    loss.back ? seconds(loss.longestGapMs) : `no end within ${seconds(loss.longestGapMs)}`,
    `${loss.lost} of ${loss.sent}`,
    seconds(tookMs),
  ]),
)}`;
