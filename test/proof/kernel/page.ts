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
kernel's own net/openvswitch, while a guest is pinged ten times a second from a guest of another machine, over vxlan. The machines are
emulated (qemu without hardware help, some twenty times slower than a real processor), so the times of two rows compare and
none of them is what a real host would show. "Refuses to work" is a module that passes every check beforehand and fails when
it starts. Made by \`npm run proof:kernel\`.

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
